"""Changes to a frozen roll: what is refused when proposed, and when it comes onto the roll."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from accounts import roles
from accounts.models import User
from tests.support.officials import official_of
from tests.support.polls import draft_election, officer, open_poll
from verifier import verify_election
from voting import tasks
from voting.board import reading
from voting.counting import counting
from voting.elections import freezing, life_cycle
from voting.models import BoardEvent, RollChange, State
from voting.refusals import StepRefused
from voting.roll import changes, opening

DORA = {
    "name": "Dora",
    "voter_number": "1009",
    "username": "dora",
    "date_of_birth": "1990-01-01",
}


@pytest.fixture
def second(db):
    return officer("second-official")


@pytest.fixture
def dora(db):
    return User.objects.create_user("dora")


@pytest.fixture
def frozen(db, now):
    poll = draft_election(
        opens_at=now + dt.timedelta(hours=1), closes_at=now + dt.timedelta(hours=9)
    )
    freezing.freeze(poll.election, actor=poll.official, now=now)
    return poll


def proposed(poll, add=(), remove=()):
    change = RollChange(election=poll.election, reason="x", add=list(add), remove=list(remove))
    changes.propose(change, actor=poll.official)
    return change


def verified(election, now):
    chief = User.objects.create_user("chief", is_staff=True)
    life_cycle.close_election(election, actor=chief, now=now)
    counting.count(election, now=now)
    election.refresh_from_db()
    life_cycle.release_result(election, actor=chief, now=now)
    return verify_election.verify(b"".join(reading.board_file(election)), processes=1).problems


def test_a_roll_change_takes_two_officials_and_stands_on_the_board(poll, dora, second, now):
    change = proposed(poll, [DORA], ["N1"])

    with pytest.raises(StepRefused, match="Another official"):
        changes.approve(change, actor=poll.official, now=now)
    changes.approve(change, actor=second, now=now)
    with pytest.raises(StepRefused):
        changes.approve(change, actor=second, now=now)

    present = poll.election.roll.filter(removed_by__isnull=True)
    assert set(present.values_list("voter_number", flat=True)) == {"N0", "1009"}
    assert verified(poll.election, now) == []


def test_an_auditor_proposes_and_approves_nothing(poll, dora, now):
    auditor = official_of(roles.AUDITOR)
    change = proposed(poll, [DORA])

    with pytest.raises(StepRefused, match="You may not do this"):
        changes.approve(change, actor=auditor, now=now)
    with pytest.raises(StepRefused, match="You may not do this"):
        changes.propose(RollChange(election=poll.election, remove=["N0"]), actor=auditor)


@pytest.mark.parametrize(
    ("voter", "words"),
    [
        ({**DORA, "date_of_birth": ""}, "asks for the date of birth"),
        ({**DORA, "date_of_birth": "2090-01-01"}, "No voter was born"),
        ({**DORA, "date_of_birth": "19900101"}, "like 1980-12-31"),
        ({**DORA, "voter_number": "N1"}, "N1 is already on the roll"),
        ({**DORA, "voter_number": "n 1"}, "already on the roll"),
        ({**DORA, "voter_number": ""}, "must not be empty"),
        ({**DORA, "voter_number": "1" * 65}, "too long"),
        ({**DORA, "username": "e-voter-0"}, "account for voter number 1009 is already"),
        ({**DORA, "username": "nobody"}, "no account of this name"),
        ({**DORA, "name": ""}, "must not be empty"),
        ({**DORA, "name": "D\0"}, "control character"),
        ({**DORA, "name": "\ud800"}, "control character"),
        ({**DORA, "district": "x" * 101}, "too long"),
        ({**DORA, "shoe": "9"}, "has a name, voter_number and username"),
        ({**DORA, "name": 7}, "has a name, voter_number and username"),
    ],
)
def test_a_voter_who_could_not_be_added_or_could_never_vote_is_refused_when_proposed(
    poll, dora, voter, words
):
    with pytest.raises(StepRefused, match=words):
        proposed(poll, [voter])

    assert not RollChange.objects.exists()


def test_two_new_voters_with_one_number_or_one_account_are_refused_when_proposed(poll, dora):
    User.objects.create_user("eva")

    for other in ({**DORA, "username": "eva"}, {**DORA, "voter_number": "1010"}):
        with pytest.raises(StepRefused, match="already on the roll"):
            proposed(poll, [DORA, other])


def test_an_account_is_found_in_any_letters_as_in_a_rolls_file(poll, dora, second, now):
    changes.approve(proposed(poll, [{**DORA, "username": "Dora"}]), actor=second, now=now)

    assert poll.election.roll.get(voter_number="1009").user == dora


def test_a_number_and_an_account_that_become_free_can_be_given_at_once(poll, second, now):
    again = {**DORA, "voter_number": "N1", "username": "e-voter-1"}

    changes.approve(proposed(poll, [again], ["N1"]), actor=second, now=now)

    assert poll.election.roll.get(voter_number="N1", removed_by=None).name == "Dora"
    assert verified(poll.election, now) == []


@pytest.mark.parametrize("remove", [["N7"], ["N1", "N7"], "N1", [1]])
def test_who_is_not_on_the_roll_cannot_be_removed(poll, remove):
    change = RollChange(election=poll.election, reason="x", add=[], remove=remove)

    with pytest.raises(StepRefused):
        changes.propose(change, actor=poll.official)


def test_somebody_who_has_voted_is_not_removed(poll, second, now):
    change = proposed(poll, remove=["N1"])
    poll.cast(1)

    with pytest.raises(StepRefused):
        proposed(poll, remove=["N1"])
    with pytest.raises(StepRefused):
        changes.approve(change, actor=second, now=now)
    change.refresh_from_db()
    assert change.approved_by is None


def test_a_voter_who_casts_while_the_removal_is_approved_stays(poll, second, now, monkeypatch):
    change = proposed(poll, remove=["N1"])
    found = list(poll.election.roll.filter(voter_number="N1"))
    poll.cast(1)
    monkeypatch.setattr(changes, "_entries_to_remove", lambda _change, _earlier: found)

    with pytest.raises(StepRefused, match="has voted"):
        changes.approve(change, actor=second, now=now)

    assert poll.election.roll.get(voter_number="N1").removed_by is None


def test_of_two_officials_who_approve_at_once_one_is_told(frozen, dora, second, now, monkeypatch):
    change = proposed(frozen, [DORA])
    monkeypatch.setattr(changes, "check", lambda _change: [])
    changes.approve(change, actor=second, now=now)
    third = officer("third")

    with pytest.raises(StepRefused, match="decided"):
        changes.approve(change, actor=third, now=now)


def test_a_declined_change_is_never_made(poll, second, now):
    change = proposed(poll, remove=["N1"])
    with pytest.raises(StepRefused, match="You may not do this"):
        changes.decline(change, actor=official_of(roles.AUDITOR))

    changes.decline(change, actor=poll.official)

    with pytest.raises(StepRefused, match="decided"):
        changes.approve(change, actor=second, now=now)
    with pytest.raises(StepRefused, match="decided"):
        changes.decline(change, actor=second)
    assert poll.election.roll.get(voter_number="N1").removed_by is None
    with pytest.raises(IntegrityError), transaction.atomic():
        RollChange.objects.filter(pk=change.pk).update(declined_by=None, approved_by=second)


def test_a_change_without_voters_is_refused(poll):
    with pytest.raises(StepRefused, match="Name voters"):
        proposed(poll)


@pytest.mark.parametrize("step", ["draft", "closed"])
def test_only_between_freezing_and_closing_is_a_roll_changed_in_this_way(db, dora, now, step):
    poll = draft_election() if step == "draft" else open_poll()
    if step == "closed":
        life_cycle.close_election(poll.election, actor=None, now=now)

    with pytest.raises(StepRefused, match="from freezing until closing"):
        proposed(poll, [DORA])


def test_two_officials_change_the_roll_of_a_frozen_election_before_it_opens(
    frozen, dora, second, now
):
    change = proposed(frozen, [DORA], ["N1"])
    changes.approve(change, actor=second, now=now)
    before = set(frozen.election.roll.values_list("voter_number", flat=True))

    opening.open_election(frozen.election, actor=frozen.official, now=now)

    present = frozen.election.roll.filter(removed_by__isnull=True)
    assert before == {"N0", "N1"}
    assert set(present.values_list("voter_number", flat=True)) == {"N0", "1009"}
    kinds = list(BoardEvent.objects.order_by("seq").values_list("kind", flat=True))
    assert kinds == ["open", "head", "roll"]
    frozen.users[0] = dora
    frozen.cast(0)
    assert verified(frozen.election, now) == []


def test_what_waits_for_the_opening_counts_when_the_next_change_is_proposed(
    frozen, dora, second, now
):
    changes.approve(proposed(frozen, [DORA], ["N1"]), actor=second, now=now)

    with pytest.raises(StepRefused, match="1009 is already on the roll"):
        proposed(frozen, [{**DORA, "username": "e-voter-1"}])
    with pytest.raises(StepRefused, match="account for voter number 1010"):
        proposed(frozen, [{**DORA, "voter_number": "1010"}])
    with pytest.raises(StepRefused, match="not on the roll"):
        proposed(frozen, remove=["N1"])
    proposed(frozen, [{**DORA, "voter_number": "N1", "username": "e-voter-1"}])


def test_the_clock_opens_with_the_changes_too(frozen, dora, second, now):
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL's own clock says that the hour has not come")
    changes.approve(proposed(frozen, [DORA]), actor=second, now=now)
    later = now + dt.timedelta(hours=2)

    with time_machine.travel(later):
        tasks.run_clock()

    frozen.election.refresh_from_db()
    assert frozen.election.state == State.OPEN
    assert frozen.election.roll.filter(voter_number="1009").exists()


def test_changes_that_a_dying_process_left_are_applied_by_the_clock(frozen, dora, second, now):
    changes.approve(proposed(frozen, [DORA]), actor=second, now=now)
    life_cycle.open_election(frozen.election, actor=None, now=now)

    tasks.run_clock()
    tasks.run_clock()

    assert frozen.election.roll.filter(voter_number="1009").count() == 1
    assert BoardEvent.objects.filter(kind="roll").count() == 1


def test_a_change_that_no_longer_fits_keeps_nobody_else_from_voting(frozen, dora, second, now):
    User.objects.create_user("eva")
    eva = {**DORA, "voter_number": "1010", "username": "eva"}
    for voter in (DORA, eva):
        changes.approve(proposed(frozen, [voter]), actor=second, now=now)
    dora.delete()

    opening.open_election(frozen.election, actor=None, now=now)

    assert not frozen.election.roll.filter(voter_number="1009").exists()
    assert frozen.election.roll.filter(voter_number="1010").exists()
    assert changes.waiting(frozen.election).count() == 1
    assert verified(frozen.election, now) == []
