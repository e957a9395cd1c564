"""Demands of the profiles Basic OP and Config OP that no other test shows."""

from __future__ import annotations

import base64
import re

import pytest
from django.test import Client as Browser
from django.urls import reverse

from tests.support.places import BASE
from tests.support.programs import CALLBACK, answer_in, claims_in, code_for, sent_to

PAGE = (BASE / "docs" / "integrate.md").read_text(encoding="utf-8")


@pytest.mark.django_db
def test_the_discovery_document_names_what_works():
    document = Browser().get("/.well-known/openid-configuration").json()

    assert document["issuer"] == "http://testserver"
    assert document == Browser().get("/.well-known/oauth-authorization-server").json()
    for name in ("authorization", "token", "userinfo", "revocation", "end_session"):
        assert document[f"{name}_endpoint"].startswith("http://testserver/oidc/")
    assert Browser().get(document["jwks_uri"]).status_code == 200
    assert document["response_types_supported"] == ["code"]
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["id_token_signing_alg_values_supported"] == ["RS256"]
    assert document["request_uri_parameter_supported"] is False


@pytest.mark.django_db
def test_the_issuer_of_the_settings_stands_everywhere(settings, shop, browser):
    settings.OIDC_ISSUER = "https://vote.example.org"
    settings.OAUTH2_PROVIDER = {
        **settings.OAUTH2_PROVIDER,
        "OIDC_ISS_ENDPOINT": settings.OIDC_ISSUER,
    }

    code_for(browser, shop)
    answer = answer_in(sent_to(browser.get(shop.url())))

    assert answer["iss"] == settings.OIDC_ISSUER
    tokens = shop.exchange(Browser(), answer["code"]).json()
    assert claims_in(browser, tokens["id_token"])["iss"] == settings.OIDC_ISSUER
    document = Browser().get("/.well-known/openid-configuration").json()
    assert document["token_endpoint"] == "https://vote.example.org/oidc/token/"


@pytest.mark.django_db
def test_userinfo_answers_get_and_post_with_the_number_of_the_id_token(shop, browser):
    tokens = shop.exchange(Browser(), code_for(browser, shop)).json()
    sub = claims_in(browser, tokens["id_token"])["sub"]
    header = {"Authorization": f"Bearer {tokens['access_token']}"}

    for answer in (
        Browser().get(reverse("oidc:userinfo"), headers=header),
        Browser().post(reverse("oidc:userinfo"), headers=header),
        Browser().post(reverse("oidc:userinfo"), {"access_token": tokens["access_token"]}),
    ):
        assert answer.json()["sub"] == sub
    assert Browser().get(reverse("oidc:userinfo")).status_code == 401


@pytest.mark.django_db
def test_parameters_that_mean_nothing_here_are_ignored(shop, browser):
    code_for(browser, shop)
    more = {
        "display": "popup",
        "ui_locales": "se",
        "claims_locales": "se",
        "login_hint": "somebody@example.org",
        "acr_values": "urn:example:gold",
        "claims": '{"id_token": {"email": {"essential": true}}}',
        "extra": "foobar",
    }

    answer = answer_in(sent_to(browser.get(shop.url(**more))))

    claims = claims_in(browser, shop.exchange(Browser(), answer["code"]).json()["id_token"])
    assert "email" not in claims


@pytest.mark.django_db
def test_request_objects_are_refused_by_their_own_errors(shop, browser):
    for name in ("request", "request_uri"):
        answer = answer_in(sent_to(browser.get(shop.url(**{name: "https://example.org/r"}))))

        assert answer["error"] == f"{name}_not_supported"


@pytest.mark.django_db
def test_a_program_shows_its_secret_in_the_header_or_in_the_body(shop, browser):
    client_id = shop.client.client_id
    basic = base64.b64encode(f"{client_id}:{shop.secret}".encode()).decode()
    fields = {
        "grant_type": "authorization_code",
        "code": code_for(browser, shop),
        "redirect_uri": CALLBACK,
        "code_verifier": shop.verifier,
    }

    by_header = Browser().post(
        reverse("oidc:token"), fields, headers={"Authorization": f"Basic {basic}"}
    )

    assert by_header.status_code == 200
    assert "no-store" in by_header["Cache-Control"]
    assert shop.exchange(Browser(), code_for(browser, shop)).status_code == 200


def test_every_test_that_the_page_names_is_there():
    written = "".join(
        path.read_text(encoding="utf-8") for path in (BASE / "tests/accounts/oidc").glob("*.py")
    )

    named = set(re.findall(r"`(test_\w+)`", PAGE))

    assert len(named) > 30
    assert {name for name in named if f"def {name}(" not in written} == set()
