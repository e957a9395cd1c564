"""Opening without some trustees, and closing later: two officials, on the board."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.support.key_holders import make_key, take_jointly
from tests.support.polls import draft_election, officer, open_poll
from verifier import verify_election
from voting.board import reading
from voting.counting import counting
from voting.elections import freezing, joint_steps, life_cycle
from voting.models import BoardEvent, Election, JointStep, State
from voting.refusals import StepRefused


def bodies(election, kind):
    events = BoardEvent.objects.filter(election=election, kind=kind).order_by("seq")
    return [json.loads(bytes(event.line))["body"] for event in events]


@pytest.fixture
def held(db, now):
    """A frozen election whose key three trustees hold."""
    poll = draft_election(key_mode="trustees", threshold=2)
    holders = make_key(poll.election)
    freezing.freeze(poll.election, actor=poll.official, now=now)
    poll.election.refresh_from_db()
    return poll, holders


def test_an_election_opens_when_all_have_endorsed_and_the_board_says_so(held, now):
    poll, holders = held
    holders.endorse(1, 3)
    with pytest.raises(StepRefused, match="1 trustees have not endorsed"):
        life_cycle.open_election(poll.election, actor=poll.official, now=now)
    holders.endorse(2)

    life_cycle.open_election(poll.election, actor=poll.official, now=now)

    assert [body["trustee"] for body in bodies(poll.election, "endorse")] == [1, 2, 3]
    assert bodies(poll.election, "waive") == []


def test_two_officials_waive_a_trustee_who_can_not_be_reached(held, now):
    poll, holders = held
    with pytest.raises(StepRefused, match="at most 1"):
        take_jointly(poll, "waive")
    holders.endorse(1, 2)

    take_jointly(poll, "waive")
    life_cycle.open_election(poll.election, actor=poll.official, now=now)

    (waived,) = bodies(poll.election, "waive")
    assert waived["trustees"] == [3]
    assert len(set(waived["approved_by"])) == 2
    poll.cast()
    life_cycle.close_election(poll.election, actor=poll.official, now=now)
    counting.count(poll.election, now=now)
    for number in (1, 3):
        counting.receive_partial(holders.rows[number - 1], holders.part(number), now=now)
    poll.election.refresh_from_db()
    life_cycle.release_result(poll.election, actor=poll.official, now=now)
    board = b"".join(reading.board_file(poll.election))
    assert verify_election.verify(board, processes=1).problems == []


def test_who_was_waived_and_endorses_after_all_is_not_waived(held, now):
    poll, holders = held
    holders.endorse(1, 2)
    take_jointly(poll, "waive")
    holders.endorse(3)

    life_cycle.open_election(poll.election, actor=poll.official, now=now)

    assert bodies(poll.election, "waive") == []
    assert len(bodies(poll.election, "endorse")) == 3


def test_one_official_alone_takes_no_joint_step(held, now):
    poll, holders = held
    holders.endorse(1, 2)
    step = JointStep(election=poll.election, kind="waive", reason="As agreed")
    joint_steps.propose(step, actor=poll.official)

    with pytest.raises(StepRefused, match="Another official"):
        joint_steps.approve(step, actor=poll.official, now=now)

    with pytest.raises(StepRefused):
        life_cycle.open_election(poll.election, actor=poll.official, now=now)


def test_a_step_that_its_official_takes_back_is_never_taken(held, now):
    poll, holders = held
    holders.endorse(1, 2)
    step = JointStep(election=poll.election, kind="waive", reason="As agreed")
    joint_steps.propose(step, actor=poll.official)
    assert list(joint_steps.waiting()) == [step]

    joint_steps.decline(step, actor=poll.official)

    assert not joint_steps.waiting()
    with pytest.raises(StepRefused, match="decided"):
        joint_steps.approve(step, actor=officer("second"), now=now)
    with pytest.raises(StepRefused):
        life_cycle.open_election(poll.election, actor=poll.official, now=now)


def closing_in(hours):
    at = timezone.now() + dt.timedelta(hours=hours)
    return at.replace(second=0, microsecond=0)


def test_the_closing_time_is_extended_by_two_officials_on_the_board(db):
    poll = open_poll(closes_at=closing_in(1))
    later = closing_in(3)

    take_jointly(poll, "extend", moment=later)

    poll.election.refresh_from_db()
    assert poll.election.closes_at == later
    (body,) = bodies(poll.election, "extend")
    assert body["closes"] == later.strftime("%Y-%m-%dT%H:%MZ")


@pytest.mark.parametrize("hours", [-1, 0, 1])
def test_a_closing_time_is_never_moved_forward(db, hours):
    poll = open_poll(closes_at=closing_in(1))

    with pytest.raises(StepRefused):
        take_jointly(poll, "extend", moment=closing_in(hours))

    assert bodies(poll.election, "extend") == []


def test_an_election_that_is_closed_by_hand_has_nothing_to_extend(db):
    poll = open_poll()

    with pytest.raises(StepRefused, match="by hand"):
        take_jointly(poll, "extend", moment=closing_in(1))


def test_after_the_closing_time_nothing_is_extended(db, now):
    poll = open_poll(closes_at=closing_in(1))
    step = JointStep(election=poll.election, kind="extend", moment=closing_in(4), reason="Late")

    with pytest.raises(StepRefused, match="passed"):
        joint_steps.check(step, closing_in(2))


def test_the_database_moves_no_closing_time_without_two_officials(db):
    poll = open_poll(closes_at=closing_in(1))
    later = closing_in(3)

    def move(moment):
        with pytest.raises(IntegrityError), transaction.atomic():
            Election.objects.filter(pk=poll.election.pk).update(closes_at=moment)

    move(later)
    JointStep.objects.create(
        election=poll.election, kind="extend", moment=later, proposed_by=poll.official
    )
    move(later)
    move(closing_in(0))
    move(None)


def test_a_step_fits_the_state_of_its_election(held, now):
    poll, _holders = held

    for kind, fields in (("restart", {}), ("extend", {"moment": closing_in(1)})):
        with pytest.raises(StepRefused):
            take_jointly(poll, kind, **fields)
    assert poll.election.state == State.FROZEN
