"""frozen-and-late: no election is left without a way out, and the office hears of a late one."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import AuditEvent, User
from facevote.desk import desk_of
from tests.support.polls import draft_election, open_poll
from voting.elections import calling_off, freezing, life_cycle
from voting.keys import naming
from voting.models import Election, State
from voting.refusals import StepRefused
from voting.tasks import run_clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(client):
    client.force_login(User.objects.create_superuser("chief"))
    return client


def frozen(**fields):
    poll = draft_election(**fields)
    freezing.freeze(poll.election, actor=poll.official, now=timezone.now())
    return poll


def page(client, election, part="change"):
    return client.get(f"/admin/voting/election/{election.pk}/{part}/").content.decode()


@pytest.fixture
def late():
    """Frozen in time, and its time of closing went by before anybody opened it."""
    now = timezone.now()
    poll = frozen(opens_at=now + dt.timedelta(minutes=1), closes_at=now + dt.timedelta(minutes=2))
    with time_machine.travel(now + dt.timedelta(hours=1)):
        yield poll


def test_a_late_election_says_what_is_wrong_where_officials_look(late, chief):
    run_clock()

    shown = page(chief, late.election)
    assert "The clock can not open this election" in shown
    assert "The time of closing has passed" in shown
    matter = next(m for m in desk_of(User.objects.get(username="chief")) if m.urgent)
    assert "The time of closing has passed" in matter.words
    public = chief.get("/elections/e/").content.decode()
    assert "It should be open by now and is not." in public


def test_missing_endorsements_are_told_when_the_time_has_come():
    now = timezone.now()
    election = draft_election(key_mode="trustees", opens_at=now).election
    naming.add_trustee(election, "Ada")
    election.state = State.FROZEN

    assert life_cycle.overdue(election, now - dt.timedelta(minutes=1)) == []
    (reason,) = life_cycle.overdue(election, now)
    assert reason.startswith("1 trustees have not endorsed")


def test_it_is_called_off_in_public_with_a_reason_and_in_the_log(late, chief):
    address = f"/admin/voting/election/{late.election.pk}/call-off/"
    assert address in page(chief, late.election)

    answer = chief.post(address, {"reason": "The hall burnt down."}, follow=True)

    assert "is called off" in answer.content.decode()
    public = chief.get("/elections/e/").content.decode()
    assert "called this election off" in public
    assert "The hall burnt down." in public
    assert "There will be no result" in chief.get("/elections/e/results/").content.decode()
    told = chief.get("/api/elections/e/").json()
    assert (told["state"], told["called_off_reason"]) == ("called-off", "The hall burnt down.")
    event = AuditEvent.objects.latest("sequence")
    assert event.action == "election_called_off"
    assert event.subject == f"election:{late.election.pk}"


def test_what_is_called_off_never_opens(late):
    calling_off.call_off(late.election, reason="x", actor=late.official, now=timezone.now())

    run_clock()

    assert Election.objects.get().state == State.CALLED_OFF
    with pytest.raises(StepRefused):
        life_cycle.move(late.election, State.OPEN)


@pytest.mark.parametrize("reason", ["", "  "])
def test_without_a_reason_nothing_is_called_off(late, chief, reason):
    chief.post(f"/admin/voting/election/{late.election.pk}/call-off/", {"reason": reason})

    assert Election.objects.get().state == State.FROZEN
    with pytest.raises(StepRefused):
        calling_off.call_off(late.election, reason=reason, actor=late.official, now=timezone.now())


def test_an_election_in_which_people_vote_can_not_be_called_off(chief):
    poll = open_poll()

    with pytest.raises(StepRefused):
        calling_off.call_off(poll.election, reason="x", actor=poll.official, now=timezone.now())
    answer = chief.post(
        f"/admin/voting/election/{poll.election.pk}/call-off/", {"reason": "x"}, follow=True
    )
    assert "Only an election that is frozen" in answer.content.decode()
    assert Election.objects.get().state == State.OPEN


def test_only_who_runs_elections_may_call_one_off(late, client):
    client.force_login(User.objects.create_user("clerk", is_staff=True))

    answer = client.post(f"/admin/voting/election/{late.election.pk}/call-off/", {"reason": "x"})

    assert answer.status_code == 403
    assert Election.objects.get().state == State.FROZEN


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE voting_election SET called_off_reason = 'x'",
        "UPDATE voting_election SET released_at = '2026-01-01 00:00:00+00:00'",
        "UPDATE voting_election SET state = 'open', called_off_reason = 'x'",
        "UPDATE voting_election SET state = 'called-off'",
    ],
)
def test_raw_sql_writes_no_other_history(late, sql):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_who_freezes_an_election_that_would_open_at_once_is_told(chief):
    poll = draft_election(opens_at=timezone.now() - dt.timedelta(days=30))

    assert "it opens at once" in page(chief, poll.election, "step/freeze")


def test_who_closes_early_is_told_when_it_would_close_and_how_many_have_voted(chief):
    closes_at = dt.datetime(2099, 12, 1, 4, 45, tzinfo=dt.UTC)
    poll = open_poll(closes_at=closes_at)
    poll.cast(0)

    shown = page(chief, poll.election, "step/close")

    assert "It would close by itself on 1 December 2099, 04:45 UTC." in shown
    assert "1 of 2 voters have voted." in shown
