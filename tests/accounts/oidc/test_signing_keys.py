"""The keys of ID tokens: sealed, and changed without a failed sign-in."""

from __future__ import annotations

import base64
import secrets
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.at_rest.sealing import SealBroken
from accounts.oidc import signing_keys
from accounts.oidc.models import SigningKey
from tests.support.programs import claims_in, code_for

pytestmark = pytest.mark.django_db


def published():
    return [key["kid"] for key in Browser().get(reverse("oidc:keys")).json()["keys"]]


def grow_old(**age):
    for row in SigningKey.objects.all():
        row.made_at -= timedelta(**age)
        row.retired_at = row.retired_at and row.retired_at - timedelta(**age)
        row.save()


def test_the_list_shows_public_halves_of_the_current_and_the_next_key():
    response = Browser().get(reverse("oidc:keys"))

    keys = response.json()["keys"]
    assert len(keys) == 2
    assert all(set(key) == {"kty", "n", "e", "kid", "alg", "use"} for key in keys)
    assert response["Cache-Control"] == "public, max-age=3600"
    assert response["Access-Control-Allow-Origin"] == "*"


def test_a_program_that_keeps_the_list_for_an_hour_accepts_what_the_next_key_signs(shop, browser):
    kept = published()
    before = shop.exchange(Browser(), code_for(browser, shop)).json()["id_token"]
    grow_old(hours=1, seconds=1)

    call_command("rotate_oidc_keys")

    assert signing_keys.current().thumbprint() in kept
    after = shop.exchange(Browser(), code_for(browser, shop)).json()["id_token"]
    assert claims_in(browser, after)["sub"] == claims_in(browser, before)["sub"]
    assert len(published()) == 3


def test_a_key_that_programs_may_not_know_yet_does_not_sign():
    current = signing_keys.current().thumbprint()

    with pytest.raises(CommandError, match="less than an hour ago"):
        call_command("rotate_oidc_keys")

    assert signing_keys.current().thumbprint() == current


def test_a_retired_key_goes_when_nothing_that_it_signed_is_valid():
    first = signing_keys.current().thumbprint()
    for _ in range(2):
        grow_old(days=2)
        call_command("rotate_oidc_keys")

    assert first not in published()


def test_after_a_theft_the_old_keys_are_worth_nothing(shop, browser):
    token = shop.exchange(Browser(), code_for(browser, shop)).json()["id_token"]
    old = published()

    call_command("rotate_oidc_keys", "--stolen")

    assert not set(old) & set(published())
    with pytest.raises(Exception, match=r"[Kk]ey"):
        claims_in(browser, token)


def test_the_private_half_is_sealed_and_belongs_to_its_row(settings):
    signing_keys.current()
    first, second = SigningKey.objects.all()

    assert b"PRIVATE" not in bytes(first.sealed)
    SigningKey.objects.filter(pk=first.pk).update(sealed=second.sealed)
    with pytest.raises(SealBroken):
        signing_keys.current()


def test_new_template_keys_seal_the_signing_keys_again(settings):
    kid = signing_keys.current().thumbprint()
    fresh = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    settings.TEMPLATE_KEYS = [fresh, *settings.TEMPLATE_KEYS]

    assert list(signing_keys.reseal_all()) == []

    settings.TEMPLATE_KEYS = [fresh]
    assert signing_keys.current().thumbprint() == kid


def test_a_retired_key_still_checks_what_it_signed(shop, browser):
    token = shop.exchange(Browser(), code_for(browser, shop)).json()["id_token"]
    grow_old(hours=2)
    signing_keys.rotate(actor=None, now=timezone.now())

    assert "sub" in claims_in(browser, token)
