"""Of the processes of all hosts one is the clock, and one migrates."""

from __future__ import annotations

import io
import threading
from datetime import timedelta

import pytest
from celery.beat import Scheduler
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connections

from accounts.database_clock import database_now
from facevote import leases
from facevote.celery import app
from facevote.migration_lock import only_one_migrates
from facevote.models import Lease
from facevote.one_beat import OneBeat


def test_one_of_two_holds_a_lease(db):
    first = leases.hold("work", "one")
    second = leases.hold("work", "two")
    again = leases.hold("work", "one")

    assert (first, second, again) == (True, False, True)


def test_a_lease_whose_holder_is_silent_goes_to_the_next(db):
    leases.hold("work", "one")
    Lease.objects.update(until=database_now() - timedelta(seconds=1))

    assert leases.hold("work", "two")
    assert not leases.hold("work", "one")


def test_a_lease_that_is_given_up_is_free_at_once(db):
    leases.hold("work", "one")

    leases.release("work", "one")

    assert leases.hold("work", "two")


def test_nobody_gives_up_the_lease_of_another(db):
    leases.hold("work", "one")

    leases.release("work", "two")

    assert not leases.hold("work", "two")


@pytest.mark.race
def test_of_many_that_ask_at_once_one_gets_it(transactional_db):
    got, start = [], threading.Barrier(8)

    def ask(holder):
        start.wait()
        try:
            got.append(leases.hold("work", holder))
        finally:
            connections.close_all()

    askers = [threading.Thread(target=ask, args=[str(number)]) for number in range(8)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()

    assert sorted(got) == [False] * 7 + [True]


@pytest.fixture
def sent(monkeypatch):
    """The names of the tasks that clocks send, by the clock that sends them."""
    sent = []
    monkeypatch.setattr(
        Scheduler, "apply_async", lambda self, entry, **_: sent.append((self, entry.task))
    )
    return sent


def all_due(clock):
    """Everything in the clock's schedule is due."""
    for entry in clock.schedule.values():
        entry.last_run_at -= timedelta(days=2)
    return clock


def ticks(clock):
    for _ in range(2 * len(clock.schedule)):
        clock.tick()


def test_of_two_clocks_one_sends(db, sent):
    first, second = (all_due(OneBeat(app)) for _ in range(2))

    ticks(first)
    ticks(second)

    assert {clock for clock, _task in sent} == {first}
    assert {task for _clock, task in sent} == {
        entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()
    }


def test_the_second_clock_goes_on_when_the_first_has_ended(db, sent):
    first, second = (all_due(OneBeat(app)) for _ in range(2))
    ticks(first)
    first.close()

    ticks(second)

    assert second in {clock for clock, _task in sent}


def test_a_clock_without_a_database_sends_nothing(db, sent, monkeypatch):
    def away(*_):
        raise OperationalError

    monkeypatch.setattr(leases, "hold", away)

    ticks(all_due(OneBeat(app)))

    assert sent == []


def test_a_second_process_waits_until_the_first_has_migrated(transactional_db):
    said, done = threading.Event(), threading.Event()

    class Errors(io.StringIO):
        def write(self, text):
            said.set()
            return super().write(text)

    errors = Errors()

    def migrate():
        call_command("migrate", verbosity=0, stderr=errors)
        connections.close_all()
        done.set()

    second = threading.Thread(target=migrate)
    with only_one_migrates("default", lambda: None):
        second.start()
        waits = said.wait(60)
        finished_meanwhile = done.is_set()
    second.join()

    assert waits
    assert "Another process migrates" in errors.getvalue()
    assert not finished_meanwhile
    assert done.is_set()
