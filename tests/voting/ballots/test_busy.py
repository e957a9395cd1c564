"""A database that others keep busy: the ballot is tried again, and then the voter is told so."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from tests.support.polls import open_poll
from voting.ballots import casting
from voting.board import appending as boards
from voting.models import CastBallot, SpoiledBallot
from voting.refusals import CastRefusalCode, CastRefused

pytestmark = pytest.mark.race


@contextmanager
def box_locked_by_another(election):
    """Another thread holds the box until the function that this yields is called."""
    locked, enough = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                boards.lock(election)
                locked.set()
                enough.wait(60)
        finally:
            connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(30)

    def free():
        enough.set()
        holder.join()

    try:
        yield free
    finally:
        free()


@pytest.fixture
def impatient(unguarded_after):
    """This connection waits for a lock for a short time only."""
    sqlite = connection.vendor == "sqlite"
    usual = connection.settings_dict["OPTIONS"].get("timeout", 5)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50" if sqlite else "SET lock_timeout = 50")
    yield
    # To close it gives it back to the pool as it is, and a later test takes it from there.
    with connection.cursor() as cursor:
        cursor.execute(
            f"PRAGMA busy_timeout = {int(usual * 1000)}" if sqlite else "RESET lock_timeout"
        )
    connection.close()


def test_a_ballot_is_cast_after_the_one_who_kept_the_database_busy(impatient, monkeypatch):
    poll = open_poll()
    encrypted = poll.encrypt()
    poll.present(encrypted.opening.tracker)
    sender, data = poll.voter(), encrypted.ballot.to_json()

    with box_locked_by_another(poll.election) as free:
        monkeypatch.setattr("voting.ballots.busy.time.sleep", lambda _seconds: free())
        casting.cast_ballot(poll.election, sender, data, now=timezone.now())

    assert CastBallot.objects.get().tracker == encrypted.opening.tracker


def test_while_the_database_stays_busy_the_voter_is_told_so_and_nothing_is_cast(impatient):
    poll = open_poll()
    encrypted = poll.encrypt()
    poll.present(encrypted.opening.tracker)
    sender, data = poll.voter(), encrypted.ballot.to_json()

    with box_locked_by_another(poll.election):
        with pytest.raises(CastRefused) as caught:
            casting.cast_ballot(poll.election, sender, data, now=timezone.now())
        with pytest.raises(CastRefused):
            casting.spoil_ballot(poll.election, sender, "0" * 64, now=timezone.now())

    assert caught.value.code == CastRefusalCode.BUSY
    assert not CastBallot.objects.exists()
    assert not SpoiledBallot.objects.exists()
    # The same ballot counts once the box is free.
    casting.cast_ballot(poll.election, sender, data, now=timezone.now())
    assert CastBallot.objects.get().tracker == encrypted.opening.tracker


def test_the_page_of_a_voter_is_told_to_send_the_same_ballot_again(db, client, monkeypatch):
    def busy(_write):
        raise CastRefused(CastRefusalCode.BUSY)

    poll = open_poll(ask_voter_number=False, ask_date_of_birth=False)
    client.force_login(poll.users[0])
    monkeypatch.setattr("voting.ballots.casting.when_free", busy)
    data = poll.encrypt().ballot.to_json()

    answer = client.post("/elections/e/cast/", data, content_type="application/json")

    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert answer.json()["code"] == "busy"
    assert "same ballot again" in answer.json()["message"]
