"""Guessing is held back by account and by address, and shuts no owner out."""

from __future__ import annotations

import json
import re

import pytest
from axes.models import AccessAttempt
from django.core.management import call_command
from django.urls import reverse

from accounts.audit import verify_chain
from accounts.models import AuditEvent
from accounts.passwords.hashing import Argon2id
from accounts.sign_in.addresses import NO_ADDRESS, client_address
from accounts.sign_in.lock import FREE_FROM_EVERYWHERE
from accounts.sign_in.tries import EVERYWHERE
from tests.accounts.sign_in.guessing import (
    ATTACKER,
    FEW,
    HOME,
    guess,
    guess_from_everywhere,
    guess_many_names,
    later,
)
from tests.support.people import PASSWORD, enrolled, finish, pass_face, pass_password, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("few_failures", "start")]


@pytest.fixture
def voter():
    return enrolled("voter")


def without_token(page):
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", page.content)


def test_many_names_from_one_address_slow_the_address_down_and_it_says_so(client, voter):
    refused = guess_many_names(client)

    assert refused.status_code == 429
    assert refused["Retry-After"] == "2"
    assert b"Too many tries" in refused.content
    assert b"Wait 2 seconds" in refused.content


def test_fifty_failures_of_one_shut_out_nobody_else_behind_the_address(client, voter, start):
    guess_many_names(client)

    with later(start, seconds=2):
        answer = pass_password(client, "voter", REMOTE_ADDR=ATTACKER)

    assert answer["Location"] == reverse("biometrics:face-step")


def test_a_slowed_address_has_one_try_a_pause(client, voter, start):
    guess_many_names(client)

    with later(start, seconds=2):
        answers = [guess(client, f"more-{number}").status_code for number in range(4)]

    assert answers == [200, 429, 429, 429]


def test_the_owner_gets_in_from_another_address(client, voter):
    for _ in range(FEW + 2):
        guess(client, "voter")

    answer = pass_password(client, "voter", REMOTE_ADDR=HOME)

    assert answer["Location"] == reverse("biometrics:face-step")


def test_an_account_is_locked_for_the_address_that_failed_on_it(client, voter):
    person("neighbour")
    for _ in range(5):
        guess(client, "voter")

    assert pass_password(client, "voter", REMOTE_ADDR=ATTACKER).status_code == 429
    assert pass_password(client, "neighbour", REMOTE_ADDR=ATTACKER).status_code == 302


def test_an_accounts_lock_ends_after_a_quarter_of_an_hour(client, voter, start):
    for _ in range(5):
        guess(client, "voter")

    with later(start, minutes=14):
        early = pass_password(client, "voter", REMOTE_ADDR=ATTACKER)
    with later(start, minutes=15, seconds=1):
        answer = pass_password(client, "voter", REMOTE_ADDR=ATTACKER)

    assert early.status_code == 429
    assert answer.status_code == 302


def test_a_right_password_is_no_failure(client, voter):
    for _ in range(12):
        assert pass_password(client, "voter", REMOTE_ADDR=ATTACKER).status_code == 302


@pytest.mark.parametrize("name", ["voter", "nobody"])
def test_guessing_from_many_addresses_slows_the_account_down(client, voter, start, name):
    answers = guess_from_everywhere(client, name, FREE_FROM_EVERYWHERE + 3)

    with later(start, seconds=30):
        after = guess_from_everywhere(client, name, 3)

    limit = FREE_FROM_EVERYWHERE
    assert [a.status_code for a in answers] == [200] * limit + [429] * 3
    assert answers[-1]["Retry-After"] == "30"
    assert [a.status_code for a in after] == [200, 429, 429]


def test_the_slow_limit_delays_the_owner_and_does_not_shut_out(client, voter, start):
    guess_from_everywhere(client, "voter", FREE_FROM_EVERYWHERE + 3)

    with later(start, seconds=30):
        answer = pass_password(client, "voter", REMOTE_ADDR=HOME)

    assert answer["Location"] == reverse("biometrics:face-step")


def test_a_locked_account_takes_as_long_as_a_wrong_password(client, voter, monkeypatch):
    """By hashes: one for each answer that looks like a wrong password."""
    hashed = []
    encode = Argon2id.encode

    def count(*args, **kwargs):
        hashed.append(1)
        return encode(*args, **kwargs)

    monkeypatch.setattr(Argon2id, "encode", count)
    person("gone", is_active=False)
    hashed.clear()

    def hashes(act):
        before = len(hashed)
        act()
        return len(hashed) - before

    unknown = hashes(lambda: guess(client, "nobody", HOME))
    for _ in range(5):
        guess(client, "voter")
    locked = hashes(lambda: guess(client, "voter"))

    assert unknown == locked == 1


def test_an_attackers_own_account_buys_no_more_guesses(client, voter, start):
    enrolled("attacker")
    for number in range(FEW):
        guess(client, f"name-{number}")
    with later(start, seconds=2):
        pass_password(client, "attacker", REMOTE_ADDR=ATTACKER)
        pass_face(client)
        finish(client)

        assert guess(client, "voter").status_code == 429


def test_signing_in_forgets_the_accounts_own_failures(client, voter):
    for _ in range(4):
        guess(client, "voter", "127.0.0.1")
    pass_password(client, "voter")
    pass_face(client)
    finish(client)

    assert guess(client, "voter", "127.0.0.1").status_code == 200


def test_unknown_wrong_inactive_and_locked_get_the_same_page(client, voter):
    person("gone", is_active=False)
    person("locked")
    for _ in range(5):
        guess(client, "locked", "203.0.113.5")

    pages = [
        guess(client, "nobody", "203.0.113.1"),
        guess(client, "voter", "203.0.113.2"),
        pass_password(client, "gone", REMOTE_ADDR="203.0.113.3"),
        pass_password(client, "locked", REMOTE_ADDR="203.0.113.5"),
    ]

    names = ("nobody", "voter", "gone", "locked")
    same = {
        without_token(page).replace(b'value="%s"' % name.encode(), b"")
        for page, name in zip(pages, names, strict=True)
    }
    assert len(same) == 1
    assert b"The user name or the password is wrong." in same.pop()


def test_an_unknown_name_is_locked_like_an_account(client, voter):
    known = [guess(client, "voter", HOME).status_code for _ in range(7)]
    unknown = [guess(client, "nobody").status_code for _ in range(7)]

    assert known == unknown == [200] * 4 + [429] * 3


@pytest.mark.parametrize(
    ("forwarded", "proxies"),
    [("10.0.0.{}", 0), ("10.0.0.{}, 192.0.2.66", 1), ("10.0.0.{}, 192.0.2.66, 10.9.9.9", 2)],
)
def test_a_forged_address_does_not_get_around_the_lock(client, settings, forwarded, proxies):
    settings.TRUSTED_PROXIES = proxies
    for number in range(FEW + 1):
        last = guess(client, f"name-{number}", HTTP_X_FORWARDED_FOR=forwarded.format(number))

    assert last.status_code == 429


def test_behind_a_proxy_one_client_does_not_lock_the_others(client, settings, voter):
    settings.TRUSTED_PROXIES = 1
    guess_many_names(client, "10.0.0.1", HTTP_X_FORWARDED_FOR=ATTACKER)

    answer = pass_password(client, "voter", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=HOME)

    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("direct", "forwarded", "proxies", "counted"),
    [
        (HOME, "", 0, HOME),
        (HOME, "1.1.1.1", 0, HOME),
        (HOME, "1.1.1.1", 1, "1.1.1.1"),
        (HOME, "9.9.9.9, 1.1.1.1", 1, "1.1.1.1"),
        (HOME, "1.1.1.1", 2, HOME),
        (HOME, "not an address", 1, HOME),
        (HOME, "1.1.1.1:8080", 1, HOME),
        (HOME, "\x00,\ud800", 1, HOME),
        ("2001:db8:1:2:3:4:5:6", "", 0, "2001:db8:1:2::"),
        ("::ffff:192.0.2.1", "", 0, "192.0.2.1"),
        ("", "", 0, NO_ADDRESS),
    ],
)
def test_the_address_that_counts(rf, settings, direct, forwarded, proxies, counted):
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR=direct, HTTP_X_FORWARDED_FOR=forwarded)

    assert client_address(request) == counted


def test_a_customers_ipv6_network_is_one_address(client):
    for number in range(FEW + 1):
        last = guess(client, f"name-{number}", f"2001:db8:1:2::{number + 1:x}")

    assert last.status_code == 429


def test_a_client_without_an_address_is_held_back_too(client):
    for number in range(FEW + 1):
        last = guess(client, f"name-{number}", "")

    assert last.status_code == 429


def test_refusals_are_in_the_audit_log_without_what_was_typed(client, voter, caplog):
    secret = "my password in the wrong field"
    for name in ("voter", secret):
        guess(client, name)

    events = AuditEvent.objects.filter(action="sign_in_refused")
    stored = json.dumps(
        [*events.values("actor_id", "subject", "details"), *AccessAttempt.objects.values()],
        default=str,
    )
    assert [event.details for event in events] == [{"step": "password", "lock": ""}] * 2
    assert verify_chain().ok
    for personal in (secret, '"voter"', "wrong"):
        assert personal not in stored
        assert personal not in caplog.text
    assert ATTACKER not in caplog.text


def test_a_slowed_addresses_flood_fills_neither_the_log_nor_the_table(client):
    for number in range(FEW + 20):
        guess(client, f"name-{number}")

    assert AuditEvent.objects.count() == FEW
    # Two rows a name, and the address.
    assert AccessAttempt.objects.count() == 2 * FEW + 1


def test_what_counts_no_more_is_deleted(client, voter, start):
    guess(client, "voter")

    with later(start, minutes=16):
        guess(client, "other", HOME)
        addresses = set(AccessAttempt.objects.values_list("ip_address", flat=True))
    with later(start, hours=25):
        guess(client, "third", HOME)

    assert addresses == {EVERYWHERE, HOME}
    assert AccessAttempt.objects.count() == 3


def test_an_operator_lifts_an_accounts_lock_by_its_name(client, voter):
    for _ in range(5):
        guess(client, "voter")

    call_command("axes_reset_username", "voter", verbosity=0)

    assert pass_password(client, "voter", PASSWORD, REMOTE_ADDR=ATTACKER).status_code == 302
