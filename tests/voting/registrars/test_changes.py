"""Registrars' files for changes of a frozen roll: lost codes, late voters."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.models import User
from tests.support.polls import officer
from verifier import verify_election
from verifier.registering.messages import change_message
from verifier.rules.strict import dump
from voting.board import reading
from voting.models import RollChange
from voting.refusals import CastRefused, StepRefused
from voting.registrars.changes import take_change
from voting.roll import changes


def proposed(registered, numbers):
    """A change in which these voters get new codes, as an official proposes it."""
    change = RollChange(
        election=registered.election,
        reason="lost letters",
        add=changes.same_voters(registered.election, numbers),
        remove=list(numbers),
    )
    changes.propose(change, actor=registered.poll.official)
    return change


def approve(registered, change):
    change.refresh_from_db()
    second = User.objects.filter(username="second-official").first() or officer("second-official")
    changes.approve(change, actor=second, now=timezone.now())


@pytest.fixture
def opened(one):
    one.take()
    return one.open()


def verified(registered):
    file = b"".join(reading.board_file(registered.election))
    return verify_election.verify(file, in_progress=True, processes=1)


def test_who_lost_a_code_votes_with_a_new_one(opened):
    old = opened.secrets("N0")
    change = proposed(opened, ["N0"])
    take_change(change, dump(opened.change(["N0"])) + b"\n", actor=opened.poll.official)
    approve(opened, change)

    with pytest.raises(CastRefused):
        opened.cast(0, old)
    opened.cast(0)

    found = verified(opened)
    assert found.problems == []
    assert found.parts
    assert found.parts.roll.changes == 1


def test_without_the_registrars_file_nothing_is_approved(opened):
    change = proposed(opened, ["N0"])

    with pytest.raises(StepRefused, match="Registrar for this change is missing"):
        approve(opened, change)

    change.refresh_from_db()
    assert change.approved_by is None


def test_both_registrars_sign(two):
    two.take(1)
    two.take(2)
    two.open()
    change = proposed(two, ["N1"])
    take_change(change, dump(two.change(["N1"], 1)), actor=two.poll.official)
    with pytest.raises(StepRefused, match="Second for this change is missing"):
        approve(two, change)

    take_change(change, dump(two.change(["N1"], 2)), actor=two.poll.official)
    approve(two, change)
    two.cast(1)

    assert verified(two).problems == []


def test_removing_alone_needs_no_registrar(opened):
    change = RollChange(election=opened.election, reason="moved", remove=["N0"])
    changes.propose(change, actor=opened.poll.official)
    approve(opened, change)

    assert verified(opened).problems == []


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda value: value | {"election": "other"}, "for another election"),
        (lambda value: value | {"fingerprint": "ab" * 32}, "for another election"),
        (lambda value: value | {"index": 2}, "nobody who is a registrar"),
        (lambda value: value | {"key": "ab" * 32}, "nobody who is a registrar"),
        (lambda value: value | {"remove": []}, "has not signed this file"),
        (lambda value: value | {"add": []}, "has not signed this file"),
        (lambda value: value | {"signature": ["00" * 32] * 2}, "has not signed this file"),
        (lambda value: value | {"signature": None}, "not a registrar's file"),
        (lambda value: value | {"add": [1]}, "not a registrar's file"),
        (lambda value: value | {"add": [["N0", "xx"]]}, "not a registrar's file"),
        (lambda value: value | {"extra": 1}, "not a registrar's file"),
        (lambda value: value | {"format": "facevote-registrar-2"}, "not a registrar's file"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(opened, spoil, words):
    change = proposed(opened, ["N0"])

    with pytest.raises(StepRefused, match=words):
        take_change(change, dump(spoil(opened.change(["N0"]))), actor=opened.poll.official)

    change.refresh_from_db()
    assert change.registrar_files == {}


def test_a_file_for_other_voters_is_refused(opened):
    change = proposed(opened, ["N0"])

    with pytest.raises(StepRefused) as refusal:
        take_change(change, dump(opened.change(["N1"])), actor=opened.poll.official)

    assert [str(reason) for reason in refusal.value.reasons] == [
        "The voter with the number “n0” is missing in the file.",
        "The file has a voter “n1” whom this change does not add.",
        "The file removes other voters than this change.",
    ]


def test_a_point_that_was_used_before_is_refused(opened):
    change = proposed(opened, ["N0"])
    credential = opened.election.roll.get(voter_number="N0").credential
    codes = opened.codes[0]
    value = change_message(codes, opened.election.fingerprint, codes.voters[:1], [credential])

    with pytest.raises(StepRefused, match="was used before"):
        take_change(change, dump(value), actor=opened.poll.official)


def test_an_approved_change_takes_no_file_any_more(opened):
    change = proposed(opened, ["N0"])
    data = dump(opened.change(["N0"]))
    take_change(change, data, actor=opened.poll.official)
    approve(opened, change)

    with pytest.raises(StepRefused):
        take_change(change, data, actor=opened.poll.official)
