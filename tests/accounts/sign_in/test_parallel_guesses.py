"""Forty guesses at the same moment, on the database that is configured: no limit is passed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import AuditEvent, SealedDevice
from accounts.passwords.hashing import Argon2id
from accounts.sign_in import second_device, tries
from accounts.sign_in.tries import EVERYWHERE, Key, Rule
from tests.support.at_once import at_once
from tests.support.people import PASSWORD, pass_password, person
from tests.support.whole_login import WholeLoginClient

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("unguarded_after")]
GUESSES = 40
FREE = 5


@pytest.fixture
def compared(monkeypatch):
    """Every password that reached the hasher, to be compared with that of an account."""
    reached = []
    verify = Argon2id.verify

    def count(self, password, encoded):
        reached.append(password)
        return verify(self, password, encoded)

    monkeypatch.setattr(Argon2id, "verify", count)
    return reached


def test_of_forty_passwords_at_once_five_reach_the_hasher(compared):
    person("voter")

    answers = at_once(GUESSES, lambda n: pass_password(Client(), "voter", f"guess {n}").status_code)

    assert len(compared) == FREE
    assert answers.count(429) >= GUESSES - FREE
    assert AuditEvent.objects.filter(action="sign_in_refused").count() == GUESSES
    assert AccessAttempt.objects.get(ip_address="127.0.0.1", username__gt="")


def test_of_forty_old_passwords_at_once_five_reach_the_hasher(compared):
    voter = person("voter")
    browsers = [WholeLoginClient() for _ in range(GUESSES)]
    for browser in browsers:
        browser.force_login(voter)
    new = {"new_password1": "quite another 7 words", "new_password2": "quite another 7 words"}

    at_once(
        GUESSES,
        lambda n: browsers[n].post(
            reverse("accounts:change-password"), {"old_password": f"guess {n}", **new}
        ),
    )

    assert len(compared) == FREE
    voter.refresh_from_db()
    assert voter.check_password(PASSWORD)


def test_of_forty_addresses_at_once_no_more_than_the_slow_limit_reach_the_hasher(compared):
    person("voter")

    at_once(
        GUESSES,
        lambda n: pass_password(Client(), "voter", f"guess {n}", REMOTE_ADDR=f"203.0.113.{n + 1}"),
    )

    assert len(compared) == 20


def test_of_forty_codes_at_once_one_is_compared(settings, monkeypatch):
    settings.OFFICIAL_SECOND_FACTOR = "totp"
    official = person("official", is_staff=True)
    SealedDevice.objects.create(user=official, confirmed=True)
    reached = []
    verify = TOTPDevice.verify_token

    def count(self, token):
        reached.append(token)
        return verify(self, token)

    monkeypatch.setattr(TOTPDevice, "verify_token", count)

    with time_machine.travel(timezone.now(), tick=False):
        at_once(GUESSES, lambda n: second_device.verify(official, f"{n:06d}"))

    assert len(reached) == 1


def test_tries_that_make_the_row_at_once_are_all_counted():
    key, rule, now = Key("name", EVERYWHERE), Rule(3, timedelta(hours=1)), timezone.now()

    taken = at_once(GUESSES, lambda _: tries.take(key, rule, now=now))

    assert taken.count(True) == 3


def test_of_many_at_once_one_has_the_place_after_the_pause():
    key, now = Key("name", EVERYWHERE), timezone.now()
    rule = Rule(3, timedelta(hours=1), timedelta(seconds=30))
    for _ in range(3):
        assert tries.take(key, rule, now=now)

    then = now + timedelta(seconds=30)
    taken = at_once(GUESSES, lambda _: tries.take(key, rule, now=then))

    assert taken.count(True) == 1
