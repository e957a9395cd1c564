from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from voting.counting import counting
from voting.elections import life_cycle
from voting.guards import GUARDS

# Any other error would be a fault of the statement, and no guard.
REASONS = "|".join(sorted({guard.reason for guard in GUARDS} | {"an election is frozen"}))


def refused(sql):
    refusal = pytest.raises(DatabaseError, match=REASONS)
    with refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE voting_election SET title = 'x'",
        "UPDATE voting_election SET manifest = '{}'",
        "UPDATE voting_election SET closes_at = '2000-01-01 00:00:00+00:00'",
        "UPDATE voting_election SET state = 'draft'",
        "UPDATE voting_election SET state = 'released'",
        "UPDATE voting_election SET state = 'counted'",
        "DELETE FROM voting_election",
        "UPDATE voting_contest SET max_selections = 3",
        "DELETE FROM voting_contest",
        "UPDATE voting_choice SET name = 'x'",
        "DELETE FROM voting_choice",
        "UPDATE voting_voterrollentry SET name = 'x'",
        "UPDATE voting_voterrollentry SET user_id = NULL",
        "UPDATE voting_voterrollentry SET has_voted = (1 = 0) WHERE has_voted",
        "DELETE FROM voting_voterrollentry",
        "UPDATE voting_castballot SET ballot = ''",
        "UPDATE voting_castballot SET credential = 'x'",
        "DELETE FROM voting_castballot",
        "DELETE FROM voting_usedciphertext",
        "UPDATE voting_boardevent SET hash = 'x'",
        "DELETE FROM voting_boardevent",
        "UPDATE voting_board SET hash = 'x'",
        'UPDATE voting_board SET "count" = 0',
        "DELETE FROM voting_board",
        "DELETE FROM voting_electionsecret",
    ],
)
def test_raw_sql_is_refused_on_an_open_election(poll, sql):
    poll.cast()

    refused(sql)


def test_a_row_of_the_board_out_of_order_is_refused(poll):
    poll.cast()

    refused(
        "INSERT INTO voting_boardevent (election_id, seq, kind, tracker, prev, hash, line) "
        "SELECT election_id, 99, kind, tracker, prev, hash, line FROM voting_boardevent "
        "WHERE seq = 0"
    )


def test_a_ballot_put_into_a_closed_box_is_refused(poll):
    poll.cast()
    life_cycle.close_election(poll.election, actor=poll.official, now=timezone.now())

    refused(
        "INSERT INTO voting_castballot (election_id, credential, tracker, ballot, live) "
        "SELECT election_id, 'x', 'y', ballot, live FROM voting_castballot"
    )


def test_a_result_can_not_be_edited(poll):
    poll.cast()
    life_cycle.close_election(poll.election, actor=poll.official, now=timezone.now())
    counting.count(poll.election, now=timezone.now())

    refused("UPDATE voting_result SET voted = 7")


def test_a_draft_can_be_edited_and_deleted(draft):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE voting_choice SET name = 'Someone else'")

    draft.election.delete()

    assert not type(draft.election).objects.exists()
