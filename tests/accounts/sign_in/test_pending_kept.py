"""Half a sign-in lives longer while its owner gets ready, but not for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.sign_in import login
from tests.support.people import pass_password, person

if TYPE_CHECKING:
    from datetime import datetime

pytestmark = pytest.mark.django_db
PAGE = "/get-ready/"


@pytest.fixture
def client() -> Client:
    person("alice")
    client = Client()
    pass_password(client, "alice")
    return client


def is_pending(client: Client, when: datetime) -> bool:
    with time_machine.travel(when, tick=False):
        return b"this is alice" in client.get(PAGE).content


def test_whoever_is_at_work_keeps_it(client: Client) -> None:
    began = timezone.now()

    assert all(is_pending(client, began + timedelta(minutes=4 * n)) for n in range(1, 10))


def test_whoever_does_nothing_loses_it_after_five_minutes(client: Client) -> None:
    assert not is_pending(client, timezone.now() + login.PENDING_LIFE + timedelta(seconds=2))


def test_nobody_keeps_it_for_longer_than_the_longest_time(client: Client) -> None:
    began, longest = timezone.now(), login.LONGEST_PENDING
    steps = int(longest / timedelta(minutes=4)) + 3

    kept = [is_pending(client, began + timedelta(minutes=4 * n)) for n in range(1, steps)]

    assert kept[9]
    assert not kept[-1]
    assert not is_pending(client, began + longest + timedelta(seconds=2))
