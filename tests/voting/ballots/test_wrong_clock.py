"""An election closes by the database's clock, whatever the clock of the host says."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from accounts.database_clock import database_now
from tests.support.polls import BORN, open_poll
from tests.support.whole_login import WholeLoginClient
from voting.tasks import run_clock

HOUR = timedelta(hours=1)
DETAILS = {"voter_number": "N0", "date_of_birth": BORN.isoformat()}


@pytest.fixture
def late(db):
    """A host whose clock is an hour late."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has the host's clock")
    with time_machine.travel(database_now() - HOUR):
        yield


@pytest.fixture
def ended(late):
    """An election that ended half an hour ago, and that only the late clock takes for open."""
    return open_poll(closes_at=database_now() - HOUR / 2)


def test_a_host_whose_clock_is_late_takes_no_ballot_after_the_end(ended):
    made = ended.encrypt()
    browser = WholeLoginClient()
    browser.force_login(ended.users[0])
    browser.post("/elections/e/details/", DETAILS)

    answer = browser.post(
        "/elections/e/cast/", made.ballot.to_json(), content_type="application/json"
    )

    assert answer.json()["code"] == "closed"


def test_a_worker_whose_clock_is_late_closes_in_time(ended):
    run_clock()

    ended.election.refresh_from_db()
    assert ended.election.state == "closed"


def test_a_worker_whose_clock_is_early_does_not_close(db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has the host's clock")
    poll = open_poll(closes_at=database_now() + HOUR / 2)

    with time_machine.travel(database_now() + HOUR):
        run_clock()

    poll.election.refresh_from_db()
    assert poll.election.state == "open"
