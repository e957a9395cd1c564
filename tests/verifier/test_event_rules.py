"""Each rule of section 7 for the order and the bodies of events: who breaks it is named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.verifier.found import FORMAT_1, chained, named, old_board, problems
from tests.verifier.maker import Maker
from tests.verifier.shapes import Shape
from verifier.rules import board


def edited(name, value):
    def edit(body):
        body[name] = value

    return edit


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("seq", 3, "is number 3, not 1"),
        ("seq", True, "out of its range"),
        ("prev", "ab" * 32, "chain broken"),
        ("hour", "2026-11-24T09:30Z", "not of the form"),
        ("hour", "2026-02-30T09:00Z", "does not exist"),
        ("hour", "2026-11-24T08:00Z", "the hours go back"),
        ("kind", "vote", "vote may not come after open"),
        ("kind", 7, "7 may not come after open"),
        ("extra", 1, "needs the keys"),
    ],
)
def test_the_outer_form_of_an_event_is_checked(name, value, words):
    made = Maker().open()
    made.endorse(1)
    made.lines[1] = json.dumps(
        json.loads(made.lines[1]) | {name: value}, sort_keys=True, separators=(",", ":")
    ).encode()

    named(made, words)


@pytest.mark.parametrize(
    ("milestone", "event", "words"),
    [
        ("opened", "open", "open may not come after open"),
        ("opened", "tally", "tally may not come after open"),
        ("opened", "forget", "forget may not come after open"),
        ("closed", "close", "close may not come after close"),
        ("closed", "override", "override may not come after close"),
        ("closed", "extend", "extend may not come after close"),
        ("closed", "spoil", "spoil may not come after close"),
        ("closed", "endorse", "endorse may not come after close"),
        ("tallied", "tally", "tally may not come after tally"),
        ("finished", "decrypt", "decryption may not come after result"),
        ("finished", "result", "result may not come after result"),
        ("finished", "tally", "tally may not come after result"),
    ],
)
def test_an_event_out_of_its_order_is_named(milestone, event, words):
    made = getattr(Maker(Shape(quorum=0)), milestone)()
    arguments: dict[str, list[Any]] = {
        "override": [1],
        "extend": ["2026-12-02T18:00Z"],
        "spoil": ["ab" * 32],
        "endorse": [1],
        "decrypt": [3],
        "result": [[1, 2]],
    }
    getattr(made, event)(*arguments.get(event, []))

    named(made, words)


def test_a_ballot_after_the_close_is_named():
    made = Maker(Shape(voters=("", ""))).opened()
    made.close()
    made.cast(made.voters[0], made.choice(made.voters[0], 0))

    named(made, "ballot may not come after close")


def test_a_head_directly_after_a_head_is_named():
    made = Maker().opened()
    made.head()
    made.head()

    named(made, "a head directly after a head")


def test_a_line_that_is_too_long_is_named(monkeypatch):
    made = Maker().opened()
    monkeypatch.setattr(board, "LONGEST", 100)

    found = problems(made.file)

    assert found[0].endswith("a line that is too long")
    assert not any(problem.startswith("1 ") for problem in found)


def test_a_roll_that_is_too_long_is_named(monkeypatch):
    monkeypatch.setattr(board, "LONGEST_ROLL", 100)

    assert problems(Maker().open().file) == ["1 ?: a line that is too long"]


OVERRIDES = [
    (lambda made: made.override(2), "is override 2, not 1"),
    (lambda made: made.override(1, edited("number", True)), "out of its range"),
    (lambda made: made.extend("2026-12-01T17:00Z"), "closes earlier than before"),
    (lambda made: (made.override(1), made.override(1)), "is override 1, not 2"),
    (lambda made: made.override(1, edited("approved_by", ["a", "a"])), "two different officials"),
    (lambda made: made.extend("2026-12-01T18:00Z"), "closes earlier than before"),
    (
        lambda made: (made.extend("2026-12-03T18:00Z"), made.extend("2026-12-02T18:00Z")),
        "closes earlier than before",
    ),
    (lambda made: made.extend("2026-12-02"), "not of the form"),
    (lambda made: made.extend("2026-12-02T18:00Z", edited("approved_by", ["a"])), "not 2 to 2"),
]


@pytest.mark.parametrize(("act", "words"), OVERRIDES)
def test_an_override_or_extension_that_breaks_a_rule_is_named(act, words):
    made = Maker().opened()
    act(made)

    named(made, words)


def test_overrides_are_counted_and_the_election_is_extended_twice():
    made = Maker().opened()
    made.override(1)
    made.extend("2026-12-02T18:00Z")
    made.override(2)
    made.extend("2026-12-03T18:00Z")

    assert problems(made.file) == []


def test_an_election_that_closes_by_hand_is_not_extended():
    def by_hand(manifest):
        manifest["closes"] = None

    made = Maker(Shape(edit_manifest=by_hand)).opened()
    made.extend("2026-12-02T18:00Z")

    named(made, "no closing time")


KEY_CHECKS = [
    (lambda made: (made.endorse(1), made.endorse(1)), "endorses twice"),
    (lambda made: made.endorse(1, edited("trustee", 2)), "facevote-2/endorsement does not hold"),
    (lambda made: made.endorse(1, edited("trustee", 4)), "out of its range"),
    (lambda made: (made.endorse(2), made.waive([2])), "one who has endorsed is waived"),
    (lambda made: (made.waive([2]), made.endorse(2)), "endorses twice"),
    (lambda made: (made.waive([2]), made.waive([3])), "a second waiver"),
    (lambda made: made.waive([2, 3]), "more trustees are waived"),
    (lambda made: made.waive([]), "not sorted or repeat"),
    (lambda made: made.waive([2, 2]), "not sorted or repeat"),
    (lambda made: made.waive([2], edited("approved_by", ["a", "a"])), "two different officials"),
]


@pytest.mark.parametrize(("act", "words"), KEY_CHECKS)
def test_a_key_check_that_breaks_a_rule_is_named(act, words):
    made = Maker().open()
    act(made)

    named(made, words)


def test_nobody_votes_before_all_trustees_have_endorsed():
    made = Maker().open()
    made.endorse(1)
    made.endorse(2)
    made.cast(made.voters[0], made.choice(made.voters[0], 0))
    made.spoil("ab" * 32)

    found = named(made, "not all trustees have endorsed")
    assert len(found) == 2


def test_an_endorsement_after_the_first_ballot_or_opening_is_named():
    voted, opened = Maker().voted(), Maker().opened()
    opened.spoil("cd" * 32)
    for made in (voted, opened):
        made.endorse(1)

        named(made, "comes after the first ballot")


def test_the_servers_key_is_not_endorsed():
    made = Maker(Shape(mode="server", trustees=1, threshold=1)).open()
    made.endorse(1)
    made.waive([1])

    assert len(named(made, "nobody endorses the server's key")) == 2


def test_persons_are_forgotten_once_and_all():
    made = Maker().finished()
    made.forget(edited("voters", 4))
    named(made, "a wrong number of voters")

    made = Maker().finished()
    made.forget(edited("approved_by", ["a", "A"]))
    named(made, "two different officials")

    made = Maker().finished()
    made.forget()
    made.forget()
    named(made, "forgets twice")


@pytest.mark.parametrize("kind", ["endorse", "waive", "override", "extend", "witness"])
def test_format_1_has_no_events_of_format_2(kind):
    def insert(found):
        found[1:] = [found[0] | {"kind": kind, "body": {}}]

    named(old_board(insert), f"{kind} may not come after open")


def test_format_1_forgets_nobody():
    def insert(found):
        found.append(found[-1] | {"kind": "forget", "body": {}})

    named(old_board(insert), "forget may not come after result")


OLD_MANIFEST = [
    ("title", ""),
    ("title", "a\u009cb"),
    ("title", "a\x1b[2Jb"),
    ("title", "e\u0301"),
    ("title", None),
    ("title", 2**70),
    ("title", {"a": [1]}),
    ("title", "x" * 501),
]


@pytest.mark.parametrize(("name", "value"), OLD_MANIFEST)
def test_a_manifest_of_format_1_that_breaks_a_rule_is_named(name, value):
    def in_election(found):
        found[0]["body"]["manifest"][name] = value
        del found[1:]

    def in_contest(found):
        found[0]["body"]["manifest"]["contests"][0][name] = value
        del found[1:]

    def in_trustee(found):
        found[0]["body"]["manifest"]["key"]["trustees"][0]["name"] = value
        del found[1:]

    for edit in (in_election, in_contest, in_trustee):
        words = problems(old_board(edit))
        assert "does not hold" not in words[0]
        assert "another hash" not in words[0]


def test_a_value_that_is_nested_too_deeply_is_named():
    deep: list[Any] = []
    for _ in range(300):
        deep = [deep]

    def edit(found):
        found[0]["body"]["manifest"]["title"] = deep
        del found[1:]

    named(old_board(edit), "nested too deeply")


def test_an_opening_roll_of_format_1_that_is_not_sorted_is_named():
    def edit(found):
        found[0]["body"]["roll"].reverse()

    named(old_board(edit), "the roll is not sorted")


def test_what_is_no_event_is_named_and_ends_in_no_traceback():
    for line in (
        b"{}",
        b"[[[[",
        b"null",
        b"[" * 100_000,
        b"\xff",
        b'{"a":1.5}',
        b'{"a":"\\ud800"}',
    ):
        assert problems(line + b"\n")


def test_text_of_a_board_is_canonical():
    first = json.loads(FORMAT_1.splitlines()[0])
    loose = json.dumps(first).encode() + b"\n"

    assert "not canonical JSON" in problems(loose)[0]
    assert problems(chained([first])) == []
