"""Elections in which all holds, in both formats: no alarm is raised."""

from __future__ import annotations

import json

import pytest

from tests.verifier.found import BOARDS, FORMAT_1, problems
from tests.verifier.maker import Maker
from tests.verifier.shapes import Shape
from verifier.rules.report import report
from verifier.verify_election import verify


@pytest.mark.parametrize(
    "shape",
    [
        Shape(),
        Shape(registrars=0),
        Shape(registrars=2),
        Shape(mode="server", trustees=1, threshold=1),
        Shape(trustees=1, threshold=1),
        Shape(trustees=4, threshold=4, witnesses=0, quorum=0),
        Shape(voters=()),
        Shape(groups=(("a",), ()), voters=("a", "", "b")),
        Shape(groups=(("a",), ("b", "c")), voters=("a", "c", "b")),
        Shape(least=3),
        Shape(least=4),
        Shape(revote=True),
    ],
)
def test_a_finished_election_of_format_2_verifies(shape):
    made = Maker(shape).finished()

    assert problems(made.file, made.published_head(3), finished=True) == []


def eventful():
    """An election in which all happens that may happen."""
    made = Maker(Shape(revote=True, trustees=3, registrars=2, voters=("", "", "", "")))
    made.open()
    made.head()
    made.endorse(1)
    made.endorse(3)
    made.waive([2])
    late, again = made.voter("late"), made.voter("again")
    made.change_roll([late, again], made.voters[3:])
    made.change_roll([], [late])
    made.override(1)
    made.override(2)
    made.extend("2026-12-02T18:00Z")
    made.extend("2026-12-02T18:30Z")
    first, second = made.voters[:2]
    for voter in (first, second, first, again, first):
        made.cast(voter, {"c1": "100", "c2": "01"})
    made.spoil("ab" * 32)
    made.witness(1)
    made.head()
    return made


def counted_and_forgotten(made):
    made.close()
    made.head()
    made.witness(2)
    made.tally()
    for index in (3, 1, 2):
        made.decrypt(index)
    made.result([1, 3])
    made.head()
    made.witness(1)
    made.forget()
    made.head()
    return made


def test_all_that_may_happen_in_an_election_verifies():
    made = counted_and_forgotten(eventful())

    election = verify(made.file, [made.receipt(11), made.published_head(12)])

    assert election.problems == []
    answer = report(election)
    assert answer["roll"] == {"voters": 4, "changes": 2}
    assert (answer["ballots"], answer["counted"], answer["opened"]) == (5, 3, 1)
    assert (answer["overrides"], answer["extensions"], answer["forgotten"]) == (2, 2, True)
    assert (answer["endorsed"], answer["waived"]) == ([1, 3], [2])
    assert answer["published"] == {"receipt": 1, "published head": 1}
    assert answer["result"][0] == {"blank": 0, "counts": [3, 0], "id": "c1"}


def test_a_finished_election_of_format_1_verifies():
    head = json.loads((BOARDS / "format-1-head.json").read_bytes())

    assert problems(FORMAT_1, head, finished=True) == []


def test_a_board_that_grew_is_followed_line_by_line():
    made = Maker().finished()

    for count in range(1, len(made.lines) + 1):
        part = b"".join(line + b"\n" for line in made.lines[:count])
        assert problems(part) == []
        if count < len(made.lines):
            assert any("missing" in problem for problem in problems(part, finished=True))


def test_superseded_ballots_are_taken_out_of_the_sums_however_they_fall_into_packets():
    made = Maker(Shape(revote=True, voters=("",) * 3, witnesses=0, quorum=0)).opened()
    for number in range(250):
        voter = made.voters[number % 3]
        made.cast(voter, made.choice(voter, number))
    made.close()
    made.tally()

    for processes in (1, 2):
        election = verify(made.file, in_progress=True, processes=processes)
        assert election.problems == []
