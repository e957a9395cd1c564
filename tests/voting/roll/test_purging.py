"""A while after the release, a roll forgets its people, and the public record stays as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import AuditEvent, User
from tests.support.polls import officer, open_poll
from verifier import verify_election
from voting import tasks
from voting.board import reading
from voting.counting import counting
from voting.counting.results import contest_results
from voting.elections import life_cycle
from voting.models import RollChange, VoterRollEntry
from voting.roll import changes, purging

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=366)


@pytest.fixture
def poll():
    """A released election; one voter has voted, and one was added by two officials."""
    poll = open_poll(voters=2)
    now = timezone.now()
    User.objects.create_user("late")
    change = RollChange(
        election=poll.election,
        reason="Late Person moved here",
        add=[
            {
                "name": "Late",
                "voter_number": "N9",
                "username": "late",
                "date_of_birth": "1990-01-01",
            }
        ],
    )
    changes.propose(change, actor=poll.official)
    changes.approve(change, actor=officer("second"), now=now)
    poll.cast(0)
    life_cycle.close_election(poll.election, actor=poll.official, now=now)
    counting.order_count(poll.election, actor=poll.official)
    counting.count(poll.election, now=now)
    poll.election.refresh_from_db()
    life_cycle.release_result(poll.election, actor=poll.official, now=now)
    poll.election.refresh_from_db()
    return poll


def record_of(poll):
    """What the public record and the result are made of."""
    columns = ("pk", "credential", "alias", "has_voted", "added_by", "removed_by")
    entries = list(poll.election.roll.order_by("pk").values_list(*columns))
    board = b"".join(reading.board_file(poll.election))
    return entries, board, contest_results(poll.election)


def test_a_roll_forgets_its_people_and_nothing_of_the_record(poll):
    before = record_of(poll)

    purged = purging.purge_rolls(now=timezone.now() + YEAR)

    assert purged == [poll.election]
    assert record_of(poll) == before
    assert verify_election.verify(before[1], processes=1).problems == []
    for entry in poll.election.roll.all():
        assert (entry.user, entry.name, entry.voter_number) == (None, "", "")
        assert (entry.date_of_birth, entry.district) == (None, "")
    change = RollChange.objects.get()
    assert (change.reason, change.add, change.remove) == ("", [], [])
    assert AuditEvent.objects.last().details == {"entries": 3}  # type: ignore[union-attr]


def test_a_roll_is_purged_once_and_not_before_its_time(poll):
    assert purging.purge_rolls(now=timezone.now() + timedelta(days=364)) == []
    assert purging.purge_rolls(now=timezone.now() + YEAR) == [poll.election]
    assert purging.purge_rolls(now=timezone.now() + YEAR) == []


def test_the_clock_and_the_command_purge_by_the_setting(poll, settings, capsys):
    settings.ROLL_DAYS = 0
    call_command("purge_personal_data", dry_run=True)
    assert "1 rolls would be purged" in capsys.readouterr().out
    assert VoterRollEntry.objects.filter(name="Late").exists()

    tasks.purge_rolls()

    assert not VoterRollEntry.objects.filter(name="Late").exists()
    call_command("purge_personal_data")
    assert "0 rolls were purged" in capsys.readouterr().out


PURGE = (
    "UPDATE voting_voterrollentry SET user_id = NULL, name = '', voter_number = '',"
    " number_key = 'purged-' || id, date_of_birth = NULL, district = ''"
)


def refused(statement):
    with (
        pytest.raises(DatabaseError, match=r"the roll is frozen|stays as it is"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    return True


@pytest.mark.parametrize(
    "more",
    [
        ", credential = 'x'",
        ", alias = 'x'",
        ", has_voted = NOT has_voted",
        ", removed_by_id = added_by_id",
        ", name = 'x'",
        ", number_key = 'x'",
    ],
)
def test_a_purge_that_changes_anything_else_is_refused_by_the_database(poll, more):
    column = more.split()[1]
    statement = PURGE.replace(f" {column} = ''", "").replace(f" {column} = 'purged-' || id", "")
    statement = statement.replace(",,", ",") + more

    assert refused(statement)


def test_an_open_roll_is_purged_by_nobody():
    open_poll()

    assert refused(PURGE)
    assert refused("UPDATE voting_voterrollentry SET name = ''")


def test_an_approved_change_of_a_released_election_is_emptied_and_never_rewritten(poll):
    assert refused("UPDATE voting_rollchange SET reason = 'another'")
    assert refused(
        """UPDATE voting_rollchange SET reason = '', "add" = '[]', "remove" = '[]',"""
        " approved_by_id = NULL"
    )
