"""Freezing in the background: in short batches, once, and never without an end."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from accounts.at_rest import batches
from tests.support.polls import draft_election
from voting import tasks
from voting.elections import credentials, freeze_order, freezing, life_cycle
from voting.models import BoardEvent, FreezeOrder, State, VoterRollEntry, WorkState
from voting.refusals import StepRefused


def order(poll, now):
    freeze_order.order_freeze(poll.election, actor=poll.official, now=now)


def words_of(poll):
    progress = freeze_order.progress_of(poll.election)
    assert progress
    return progress.words


def add_voter(poll, name):
    user = get_user_model().objects.create_user(name)
    VoterRollEntry.objects.create(
        election=poll.election,
        user=user,
        name=name,
        voter_number=name,
        date_of_birth=dt.date(1990, 1, 1),
    )


def test_what_is_missing_is_told_when_freezing_is_ordered(db, now):
    poll = draft_election(voters=0)

    with pytest.raises(StepRefused, match="roll is empty"):
        order(poll, now)

    assert not FreezeOrder.objects.exists()


def test_an_order_is_carried_out_once(draft, now):
    order(draft, now)
    with pytest.raises(StepRefused, match="being frozen"):
        order(draft, now)
    waiting = freeze_order.progress_of(draft.election)

    freeze_order.run(draft.election.pk)
    freeze_order.run(draft.election.pk)

    draft.election.refresh_from_db()
    assert waiting
    assert waiting.is_running
    assert draft.election.state == State.FROZEN
    assert freeze_order.progress_of(draft.election) is None
    assert FreezeOrder.objects.get().state == WorkState.DONE


def test_pseudonyms_are_given_in_short_batches_before_the_last_transaction(db, now, monkeypatch):
    poll = draft_election(voters=0)
    people = get_user_model().objects.bulk_create(
        get_user_model()(username=f"p{number}") for number in range(600)
    )
    VoterRollEntry.objects.bulk_create(
        VoterRollEntry(
            election=poll.election,
            user=user,
            voter_number=user.username,
            number_key=user.username,
            date_of_birth=dt.date(1990, 1, 1),
        )
        for user in people
    )
    told = []

    freezing.freeze(
        poll.election,
        actor=poll.official,
        now=now,
        report=lambda done, total: told.append((done, total)),
    )

    steps = [0, *(done for done, _total in told)]
    assert steps[-1] == 600
    assert max(after - before for before, after in pairwise(steps)) <= batches.MOST
    assert {total for _done, total in told} == {600}
    assert poll.election.roll.exclude(credential="").exclude(alias="").count() == 600


@pytest.mark.parametrize("change", ["a voter comes", "a voter goes", "one goes and one comes"])
def test_a_roll_that_changes_while_it_is_hashed_is_hashed_again(draft, now, monkeypatch, change):
    marked_hash = credentials.marked_hash
    rounds: list[object] = []

    def changed(election):
        found = marked_hash(election)
        if not rounds:
            if "goes" in change:
                draft.election.roll.first().delete()
            if "comes" in change:
                add_voter(draft, "late")
        rounds.append(found)
        return found

    monkeypatch.setattr(credentials, "marked_hash", changed)

    freezing.freeze(draft.election, actor=draft.official, now=now)
    life_cycle.open_election(draft.election, actor=draft.official, now=now)

    assert len(rounds) == 2
    assert not draft.election.roll.filter(credential="").exists()
    assert freezing.read_manifest(draft.election).roll == marked_hash(draft.election)[1]
    assert BoardEvent.objects.filter(kind="open").exists()


def test_a_roll_that_never_rests_is_not_frozen(draft, now, monkeypatch):
    marked_hash = credentials.marked_hash
    names = iter(f"late-{number}" for number in range(100))

    def changed(election):
        found = marked_hash(election)
        add_voter(draft, next(names))
        return found

    monkeypatch.setattr(credentials, "marked_hash", changed)
    order(draft, now)
    freeze_order.run(draft.election.pk)

    draft.election.refresh_from_db()
    assert draft.election.state == State.DRAFT
    assert "being changed" in words_of(draft)


def test_freezing_whose_worker_died_is_begun_again(draft, now, tasks_at_once):
    order(draft, now)
    FreezeOrder.objects.update(state=WorkState.WRITING, beat_at=now)

    tasks.sweep_work()
    draft.election.refresh_from_db()
    early = draft.election.state
    FreezeOrder.objects.update(beat_at=now - freeze_order.SILENT - dt.timedelta(seconds=1))
    tasks.sweep_work()

    draft.election.refresh_from_db()
    assert (early, draft.election.state) == (State.DRAFT, State.FROZEN)


def test_a_message_that_was_lost_is_sent_again(draft, now, tasks_at_once):
    order(draft, now - freeze_order.SILENT - dt.timedelta(seconds=1))

    tasks.sweep_work()

    draft.election.refresh_from_db()
    assert draft.election.state == State.FROZEN


def test_a_failure_is_told_and_freezing_can_be_ordered_again(draft, now, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError

    order(draft, now)
    monkeypatch.setattr(freezing, "freeze", broken)
    freeze_order.run(draft.election.pk)
    monkeypatch.undo()

    assert "could not be frozen" in words_of(draft)
    order(draft, timezone.now())
    freeze_order.run(draft.election.pk)
    draft.election.refresh_from_db()
    assert draft.election.state == State.FROZEN
