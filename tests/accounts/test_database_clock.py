"""Hosts whose clocks differ decide by the database's clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from accounts.database_clock import database_now

HOUR = timedelta(hours=1)


@pytest.fixture
def postgresql(db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has the host's clock")


def test_a_host_an_hour_ahead_has_the_same_time(postgresql):
    true = database_now()

    with time_machine.travel(true + HOUR):
        told = database_now()

    assert abs(told - true) < timedelta(minutes=5)


def test_time_goes_on_within_a_transaction(postgresql):
    with transaction.atomic():
        first = database_now()
        second = database_now()

    assert second > first


def test_the_time_is_aware(db):
    assert timezone.is_aware(database_now())
