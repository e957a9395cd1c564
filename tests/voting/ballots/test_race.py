"""64 parallel posts by each voter: exactly one ballot each, on the database that is configured."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.utils import timezone

from tests.support.polls import open_poll
from voting.ballots import casting
from voting.board import reading
from voting.crypto.board.chain import START, Event
from voting.models import CastBallot
from voting.refusals import CastRefusalCode, CastRefused

VOTERS = int(os.environ.get("RACE_VOTERS", "100"))
POSTS = 64

pytestmark = [pytest.mark.race, pytest.mark.slow]


def post(poll, number, data):
    try:
        receipt = casting.cast_ballot(poll.election, poll.voter(number), data, now=timezone.now())
        return receipt.event.body["tracker"]
    except CastRefused as refusal:
        return refusal.code
    finally:
        connections.close_all()


def test_many_posts_of_each_voter_make_one_ballot_each(unguarded_after):
    if connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("threads need a database file, not SQLite's memory")
    poll = open_poll(voters=VOTERS)
    ballots = {}
    for number in range(VOTERS):
        made = [poll.encrypt(number, chosen) for chosen in ("choice-1", "choice-2")]
        for one in made:
            poll.present(one.opening.tracker, number)
        ballots[number] = [one.ballot.to_json() for one in made]
    work = [
        (number, ballots[number][turn % 2]) for turn in range(POSTS) for number in range(VOTERS)
    ]

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda item: post(poll, *item), work))

    assert CastBallot.objects.count() == VOTERS
    assert {a for a in answers if isinstance(a, CastRefusalCode)} <= {
        CastRefusalCode.ALREADY_CAST,
        CastRefusalCode.VERIFY_AGAIN,
    }
    trackers = {answer for answer in answers if not isinstance(answer, CastRefusalCode)}
    assert trackers == set(CastBallot.objects.values_list("tracker", flat=True))
    last = START
    for line in reading.board_file(poll.election):
        event = Event.from_line(line.rstrip(b"\n"))
        assert event.prev == last
        last = event.hash
