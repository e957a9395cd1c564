"""A host whose clock is an hour off shares a database with hosts whose clocks are right."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from accounts.database_clock import database_now
from biometrics.models import VerificationSession
from biometrics.verification.sessions import TICKET_LIFE
from tests.support.people import PASSWORD, enrolled

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def postgresql(db):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has the host's clock")


def test_a_ticket_of_a_host_an_hour_ahead_lives_no_longer(client, scripted_engine):
    alice = enrolled("alice")
    with time_machine.travel(database_now() + HOUR):
        client.post(reverse("accounts:sign-in"), {"username": "alice", "password": PASSWORD})
        answer = client.post(
            reverse("biometrics:ticket"), {"purpose": "login"}, content_type="application/json"
        )

    assert answer.status_code == 200
    issued = VerificationSession.objects.get(user=alice)
    assert issued.ticket_expires_at < database_now() + TICKET_LIFE
