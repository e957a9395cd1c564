"""The plain way: asked, agreed, a code, tokens, and what they tell."""

from __future__ import annotations

import json
import time

import pytest
from django.test import Client as Browser
from django.urls import reverse

from accounts.audit import Action
from accounts.models import AuditEvent
from accounts.oidc.models import AccessToken, Connection
from tests.support.programs import CALLBACK, agree, answer_in, claims_in, code_for, program, sent_to

pytestmark = pytest.mark.django_db


def userinfo(browser, token):
    return browser.get(reverse("oidc:userinfo"), headers={"Authorization": f"Bearer {token}"})


def test_a_person_is_asked_once_and_the_program_learns_who_it_is(shop, browser, ada):
    asked = browser.get(shop.url())

    assert "Shop" in asked.content.decode()
    back = agree(browser, asked)
    answer = answer_in(back.context["url"])
    assert back.context["url"].startswith(CALLBACK)
    assert answer["state"] == shop.state
    assert answer["iss"] == "http://testserver"
    tokens = shop.exchange(Browser(), answer["code"]).json()
    claims = claims_in(browser, tokens["id_token"])
    assert claims["nonce"] == shop.nonce
    assert claims["aud"] == shop.client.client_id
    assert (claims["acr"], claims["amr"]) == ("urn:facevote:face", ["pwd", "face", "mfa"])
    assert abs(claims["auth_time"] - time.time()) < 60
    assert claims["name"] == "Ada Okafor"
    assert userinfo(Browser(), tokens["access_token"]).json()["sub"] == claims["sub"]
    assert "refresh_token" not in tokens

    again = browser.get(shop.url())
    assert again.status_code == 302
    assert "code" in answer_in(again.url)


def test_nothing_of_the_account_number_an_election_or_the_mail_is_told_unasked(shop, browser, ada):
    tokens = shop.exchange(Browser(), code_for(browser, shop)).json()

    claims = claims_in(browser, tokens["id_token"])

    assert claims["sub"] != str(ada.pk)
    assert set(claims) == {
        *("iss", "aud", "exp", "iat", "jti", "sub", "nonce", "at_hash"),
        *("auth_time", "acr", "amr"),
        *("name", "given_name", "family_name", "preferred_username"),
    }


def test_two_programs_know_a_person_by_two_numbers_unless_both_are_public(shop, browser):
    wiki = program("Wiki")
    clubs = [program(name, subject_kind="public") for name in ("A", "B")]

    subs = [
        claims_in(browser, one.exchange(Browser(), code_for(browser, one)).json()["id_token"])[
            "sub"
        ]
        for one in (shop, wiki, *clubs)
    ]

    assert len(set(subs)) == 3
    assert subs[2] == subs[3]


def test_every_sign_in_and_every_yes_is_in_the_audit_log_without_a_name(shop, browser, ada):
    code_for(browser, shop)
    code_for(browser, shop)

    told = AuditEvent.objects.filter(action__startswith="program_").order_by("sequence")
    assert [event.action for event in told] == [
        str(action)
        for action in (
            Action.PROGRAM_CONNECTED,
            Action.PROGRAM_SIGNED_IN_TO,
            Action.PROGRAM_SIGNED_IN_TO,
        )
    ]
    assert "ada" not in json.dumps([event.details for event in told]).lower()


def test_a_no_goes_back_to_the_program_and_connects_nothing(shop, browser):
    back = agree(browser, browser.get(shop.url()), "no")

    assert answer_in(back.context["url"])["error"] == "access_denied"
    assert not Connection.objects.exists()


def test_somebody_who_is_not_signed_in_comes_back_to_the_same_request(shop, ada):
    browser = Browser()

    first = browser.get(shop.url())

    assert sent_to(first).startswith("/sign-in/?next=%2Foidc%2Fauthorize%2F")


def test_a_posted_request_is_answered_as_one_in_the_address(shop, browser):
    response = browser.post(reverse("oidc:authorize"), shop.fields(), follow=True)

    assert "code" in answer_in(agree(browser, response).context["url"])


def test_a_program_that_asks_for_more_than_before_asks_anew(browser):
    shop = program(tells_email=True)
    code_for(browser, shop)

    wider = browser.get(shop.url(scope="openid profile email"))

    assert wider.status_code == 200
    tokens = shop.exchange(Browser(), answer_in(agree(browser, wider).context["url"])["code"])
    claims = claims_in(browser, tokens.json()["id_token"])
    assert (claims["email"], claims["email_verified"]) == ("ada@example.org", False)


def test_a_connected_program_is_listed_and_disconnecting_ends_its_tokens(shop, browser):
    token = shop.exchange(Browser(), code_for(browser, shop)).json()["access_token"]
    assert "Shop" in browser.get(reverse("accounts:profile")).content.decode()

    browser.post(reverse("oidc:disconnect", args=[Connection.objects.get().pk]))

    assert userinfo(Browser(), token).status_code == 401
    assert browser.get(shop.url()).status_code == 200


def test_nobody_disconnects_the_program_of_somebody_else(shop, browser):
    from tests.support.people import person
    from tests.support.whole_login import WholeLoginClient

    code_for(browser, shop)
    other = WholeLoginClient()
    other.force_login(person("eve"))

    response = other.post(reverse("oidc:disconnect", args=[Connection.objects.get().pk]))

    assert response.status_code == 404
    assert Connection.objects.exists()


def test_refresh_tokens_are_for_programs_that_may_and_that_ask(browser):
    shop = program(stays_connected=True)

    without = shop.exchange(Browser(), code_for(browser, shop)).json()
    code = code_for(browser, shop, scope="openid offline_access", prompt="consent")
    tokens = shop.exchange(Browser(), code).json()

    assert "refresh_token" not in without
    fresh = shop.refresh(Browser(), tokens["refresh_token"])
    assert claims_in(browser, fresh.json()["id_token"])["acr"] == "urn:facevote:face"
    # The one before is used up; whoever brings it again ends the whole family.
    assert shop.refresh(Browser(), tokens["refresh_token"]).status_code == 400
    assert userinfo(Browser(), fresh.json()["access_token"]).status_code == 401


def test_tokens_are_stored_as_hashes(shop, browser):
    token = shop.exchange(Browser(), code_for(browser, shop)).json()["access_token"]

    row = AccessToken.objects.values().get()

    assert token not in str(row)
    assert shop.secret not in str(shop.client.__dict__)
