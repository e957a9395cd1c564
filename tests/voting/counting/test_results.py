"""What a result says about ties, what its table holds, and what officials are warned of before."""

from __future__ import annotations

import csv
import io

import pytest

from tests.support.polls import draft_election, open_poll
from voting.counting import counting
from voting.counting.results import ChoiceResult, ContestResult
from voting.counting.secrecy import warnings_before_release
from voting.elections import freezing, life_cycle
from voting.models import Choice


def counted(poll, now):
    life_cycle.close_election(poll.election, actor=poll.official, now=now)
    counting.count(poll.election, now=now)
    poll.election.refresh_from_db()


def released(poll, now):
    counted(poll, now)
    life_cycle.release_result(poll.election, actor=poll.official, now=now)


@pytest.fixture
def tied(db, now):
    poll = draft_election(voters=3)
    for name, new, party in (("Ada", "Jörg Müller", "Grüne"), ("Ben", "Zoë", "Rot")):
        Choice.objects.filter(name=name).update(name=new, party=party)
    freezing.freeze(poll.election, actor=poll.official, now=now)
    life_cycle.open_election(poll.election, actor=poll.official, now=now)
    poll.cast(0, "choice-1")
    poll.cast(1, "choice-2")
    return poll


def test_a_tie_is_told_by_the_names(tied, now, client):
    released(tied, now)

    page = client.get("/elections/e/results/").content.decode()
    data = client.get("/elections/e/results.json").json()

    assert "Jörg Müller and Zoë have equally many votes." in page
    assert data["contests"][0]["ties"] == [["Jörg Müller", "Zoë"]]


@pytest.mark.parametrize(
    ("votes", "ties"),
    [
        ({"A": 2, "B": 1, "C": 0}, ()),
        ({"A": 1, "B": 1, "C": 1}, (("A", "B", "C"),)),
        ({"A": 0, "B": 0, "C": 2}, ()),
        ({"A": 1, "B": 3, "C": 1, "D": 3}, (("B", "D"), ("A", "C"))),
    ],
)
def test_choices_with_equally_many_votes_are_ties_unless_they_have_none(votes, ties):
    choices = tuple(ChoiceResult(name, "", "", number, 0.0) for name, number in votes.items())

    assert ContestResult("Chair", choices, None, withheld=False).ties == ties


def test_the_table_opens_in_a_spreadsheet_and_has_the_turnout(tied, now, client):
    released(tied, now)

    data = client.get("/elections/e/results.csv").content

    assert data.startswith(b"\xef\xbb\xbf")
    first, *_rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    assert (first["choice"], first["party"], first["votes"]) == ("Jörg Müller", "Grüne", "1")
    assert (first["eligible"], first["voted"]) == ("3", "2")


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        (["choice-1"], ["Only 1 ballot"]),
        (["choice-2", "choice-2"], ["all 2 ballots are alike", "Only 2 ballots"]),
        (["choice-1", "choice-2"], ["Only 2 ballots"]),
        (["choice-3"] * 6, ["all 6 ballots are alike"]),
        (["choice-1", "choice-2"] * 3, []),
        ([], []),
    ],
)
def test_officials_are_warned_before_a_result_tells_how_somebody_voted(
    db, now, client, admin_user, choices, words
):
    poll = open_poll(voters=6)
    for number, choice in enumerate(choices):
        poll.cast(number, choice)
    counted(poll, now)
    client.force_login(admin_user)

    warnings = warnings_before_release(poll.election)
    address = f"/admin/voting/election/{poll.election.pk}"
    pages = [
        client.get(f"{address}/{page}/").content.decode() for page in ("step/release", "change")
    ]

    assert len(warnings) == len(words)
    for warning, expected in zip(warnings, words, strict=True):
        assert expected in warning
        assert all(expected in page for page in pages)


def test_a_warning_names_no_choice(db, now):
    poll = open_poll()
    for number in (0, 1):
        poll.cast(number, "choice-2")
    counted(poll, now)

    text = " ".join(warnings_before_release(poll.election))

    assert "Chair" in text
    assert "Ben" not in text


def test_nothing_is_warned_of_before_the_count_or_after_the_release(db, now):
    poll = open_poll()
    poll.cast()
    before = warnings_before_release(poll.election)
    released(poll, now)
    poll.election.refresh_from_db()

    assert (before, warnings_before_release(poll.election)) == ([], [])
