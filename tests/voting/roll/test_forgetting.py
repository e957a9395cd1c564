"""Forgetting whose credential is whose: once, after appeals, by two officials, and completely."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from biometrics.models import VerificationGrant, VerificationSession
from tests.support.polls import officer
from verifier import verify_election
from voting.board import reading
from voting.counting import counting
from voting.elections import joint_steps, life_cycle
from voting.models import BoardEvent, Election, JointStep, JointStepKind, State
from voting.refusals import StepRefused
from voting.roll.forgetting import forget


@pytest.fixture
def released(poll):
    poll.cast()
    life_cycle.close_election(poll.election, actor=poll.official, now=timezone.now())
    counting.count(poll.election, now=timezone.now())
    poll.election = Election.objects.get(pk=poll.election.pk)
    life_cycle.release_result(poll.election, actor=poll.official, now=timezone.now())
    return poll


def later():
    return timezone.now() + timedelta(days=31)


def approved(poll):
    step = JointStep(election=poll.election, kind=JointStepKind.FORGET, reason="appeals are over")
    step.proposed_by = poll.official
    step.save()
    joint_steps.approve(step, actor=officer("second"), now=later())
    return poll


def test_nothing_links_persons_and_credentials_any_more(released):
    approved(released)

    head = forget(released.election, now=later())

    roll = released.election.roll
    assert set(roll.values_list("credential", "alias")) == {("", "")}
    assert all(points == [] for points in roll.values_list("points", flat=True))
    assert roll.filter(has_voted=True).count() == 1
    for model in (VerificationSession, VerificationGrant):
        assert set(model.objects.values_list("bound_to", flat=True)) == {""}
    assert head.kind == "head"
    last = BoardEvent.objects.filter(election=released.election, kind="forget").get()
    assert json.loads(bytes(last.line))["body"]["voters"] == 2


def test_the_board_verifies_after_that(released):
    approved(released)
    forget(released.election, now=later())

    file = b"".join(reading.board_file(released.election))
    election = verify_election.verify(file, processes=1)

    assert election.problems == []
    assert election.forgotten


def test_public_pages_still_work(released, client):
    approved(released)
    forget(released.election, now=later())

    for page in ("", "board/", "results/"):
        assert client.get(f"/elections/{released.election.slug}/{page}").status_code == 200


def test_two_officials_are_needed(released):
    with pytest.raises(StepRefused, match="Two officials"):
        forget(released.election, now=later())

    step = JointStep(election=released.election, kind=JointStepKind.FORGET, reason="x")
    step.proposed_by = released.official
    step.save()
    with pytest.raises(StepRefused, match="Another official"):
        joint_steps.approve(step, actor=released.official, now=later())


def test_nothing_is_forgotten_while_appeals_are_possible(released):
    step = JointStep(election=released.election, kind=JointStepKind.FORGET, reason="x")

    with pytest.raises(StepRefused, match="appealed against until"):
        joint_steps.check(step, timezone.now())


def test_an_election_that_is_not_released_forgets_nobody(poll):
    step = JointStep(election=poll.election, kind=JointStepKind.FORGET, reason="x")

    assert poll.election.state == State.OPEN
    with pytest.raises(StepRefused, match="not possible now"):
        joint_steps.check(step, later())


def test_it_happens_once(released):
    approved(released)
    forget(released.election, now=later())

    with pytest.raises(StepRefused, match="forgotten already"):
        forget(released.election, now=later())
    with pytest.raises(StepRefused, match="approved already"):
        joint_steps.check(
            JointStep(election=released.election, kind=JointStepKind.FORGET, reason="x"), later()
        )


def refused(sql):
    refusal = pytest.raises(DatabaseError, match="roll is frozen")
    with refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


EMPTIED = "UPDATE voting_voterrollentry SET credential = '', alias = '', points = '[]'"


def test_the_database_allows_exactly_that(released):
    refused(EMPTIED)

    approved(released)

    refused("UPDATE voting_voterrollentry SET credential = 'x'")
    refused("UPDATE voting_voterrollentry SET credential = ''")
    refused(EMPTIED + ", name = 'x'")
    refused(EMPTIED + ", user_id = NULL")
    refused(EMPTIED + ", has_voted = (1 = 1) WHERE NOT has_voted")
    with connection.cursor() as cursor:
        cursor.execute(EMPTIED)
    refused("UPDATE voting_voterrollentry SET credential = 'x'")


def test_an_interrupted_run_goes_on(released, monkeypatch):
    approved(released)
    monkeypatch.setattr("voting.roll.forgetting._forget_face_steps", lambda _trackers: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        forget(released.election, now=later())
    monkeypatch.undo()

    forget(released.election, now=later())

    assert BoardEvent.objects.filter(election=released.election, kind="forget").count() == 1


def test_the_command_asks_and_prints_a_receipt(released, monkeypatch):
    approved(released)
    monkeypatch.setattr("builtins.input", lambda: "something else")
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("forget_voters", "e", stderr=StringIO())

    monkeypatch.setattr("builtins.input", lambda: "e")
    out = StringIO()
    call_command("forget_voters", "e", stdout=out, stderr=StringIO())

    head = json.loads(out.getvalue())
    file = b"".join(reading.board_file(released.election))
    assert verify_election.verify(file, [head], processes=1).problems == []


def test_the_command_says_why_it_does_nothing(released):
    with pytest.raises(CommandError, match="Two officials"):
        call_command("forget_voters", "e", "--no-input")
    with pytest.raises(CommandError, match="no election x"):
        call_command("forget_voters", "x", "--no-input")
