"""Asking for a fresh face: `prompt`, `max_age`, `acr_values`, the program's own rule, and acts."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.oidc.models import AuthorizationRequest
from accounts.sign_in import login
from biometrics.models import VerificationSession
from biometrics.verification.policies import policy_for
from tests.support.people import ask_ticket, be_verified
from tests.support.programs import agree, answer_in, claims_in, code_for, program, sent_to

pytestmark = pytest.mark.django_db
ACT = json.dumps(
    [{"type": "face_act", "text": "Pay 300 € to Anna Example", "reference": "order-8812"}]
)


def seen_ago(browser, **ago):
    """Let the sign-in of this browser be so old."""
    session = browser.session
    session[login.COMPLETED_AT] = (timezone.now() - timedelta(**ago)).timestamp()
    session.save()


def matter_of(response):
    return response.url.rstrip("/").rsplit("/", 1)[-1]


def show_face(browser, matter):
    """The face step for this matter; the page to which it leads."""
    be_verified(browser, ask_ticket(browser, "prove", matter).json()["ticket"])
    return browser.post(reverse("biometrics:proved", args=[matter]))


def claims_of(shop, browser, response):
    answer = answer_in(response.context["url"] if response.context else response.url)
    return claims_in(browser, shop.exchange(Browser(), answer["code"]).json()["id_token"])


@pytest.mark.parametrize(
    ("ago", "fields"),
    [
        ({"hours": 25}, {}),
        ({"minutes": 61}, {}),
        ({"seconds": 20}, {"max_age": "10"}),
        ({"seconds": 1}, {"max_age": "0"}),
        ({"seconds": 1}, {"acr_values": "urn:facevote:face-now"}),
    ],
    ids=str,
)
def test_an_old_sign_in_is_refreshed_by_the_face_and_auth_time_is_new(shop, browser, ago, fields):
    code_for(browser, shop)
    seen_ago(browser, **ago)
    assert (
        answer_in(sent_to(browser.get(shop.url(prompt="none", **fields))))["error"]
        == "login_required"
    )
    began = int(timezone.now().timestamp())

    asked = browser.get(shop.url(**fields))

    assert asked.url.startswith("/prove/")
    assert b"Shop wants to be sure" in browser.get(asked.url).content
    back = show_face(browser, matter_of(asked))
    claims = claims_of(shop, browser, browser.get(back.url))
    assert claims["auth_time"] >= began


def test_without_the_face_the_request_goes_no_further(shop, browser):
    code_for(browser, shop)
    seen_ago(browser, hours=25)
    asked = browser.get(shop.url())
    matter = matter_of(asked)

    nothing_shown = browser.post(reverse("biometrics:proved", args=[matter]))

    assert nothing_shown.url == reverse("biometrics:prove", args=[matter])
    assert browser.get(reverse("oidc:waiting", args=[matter])).url == asked.url


def test_a_face_shown_for_one_request_does_not_answer_another(browser):
    bank = program("Bank", may_ask_for_acts=True)
    first = agree(browser, browser.get(bank.url(authorization_details=ACT)))
    second = agree(browser, browser.get(bank.url(authorization_details=ACT)))
    one, two = (
        response.redirect_chain[-1][0].rstrip("/").rsplit("/", 1)[-1]
        for response in (first, second)
    )

    ticket = ask_ticket(browser, "prove", one).json()["ticket"]
    be_verified(browser, ticket)

    assert browser.post(reverse("biometrics:proved", args=[two])).url.startswith("/prove/")
    assert "code" not in str(browser.get(reverse("oidc:waiting", args=[two])).url)


def test_a_grant_of_a_sign_in_is_no_proof(shop, browser, ada):
    code_for(browser, shop)
    seen_ago(browser, hours=25)
    matter = matter_of(browser.get(shop.url()))

    assert ask_ticket(browser, "prove", "").status_code == 400
    assert ask_ticket(browser, "login", matter).status_code == 400
    assert ask_ticket(browser, "login").status_code == 403


def test_nobody_shows_a_face_for_what_no_program_asked(browser):
    assert browser.get(reverse("biometrics:prove", args=["something"])).status_code == 404
    assert browser.post(reverse("biometrics:proved", args=["something"])).status_code == 404


def test_prompt_login_asks_for_password_and_face(shop, browser):
    code_for(browser, shop)
    seen_ago(browser, seconds=1)

    asked = browser.get(shop.url(prompt="login"))

    assert asked.url.startswith(reverse("accounts:sign-in"))
    waits_at = answer_in(asked.url)["next"]
    # Going back to the request without signing in leads to the sign-in again.
    assert browser.get(waits_at).url == asked.url
    seen_ago(browser, seconds=0)
    assert "code" in answer_in(browser.get(waits_at).context["url"])


def test_a_program_may_want_the_face_at_every_sign_in(browser):
    strict = program("Strict", face_minutes=0)

    asked = browser.get(strict.url())

    agreed = agree(browser, asked)
    matter = agreed.redirect_chain[-1][0].rstrip("/").rsplit("/", 1)[-1]
    back = show_face(browser, matter)
    assert "acr" in claims_of(strict, browser, browser.get(back.url))


def test_movements_always_means_a_proof_with_the_strictest_challenge(settings, browser):
    settings.CHALLENGE_LOGIN, settings.CHALLENGE_CAST = "passive", "always"
    vault = program("Vault", movements="always")

    agreed = agree(browser, browser.get(vault.url()))

    matter = agreed.redirect_chain[-1][0].rstrip("/").rsplit("/", 1)[-1]
    ask_ticket(browser, "prove", matter)
    assert policy_for(VerificationSession.objects.latest("created_at")).challenge == "always"
    back = show_face(browser, matter)
    assert "sub" in claims_of(vault, browser, browser.get(back.url))
    # Shown lately, it holds for the next sign-in too.
    assert "code" in answer_in(sent_to(browser.get(vault.url())))


def test_an_act_is_shown_in_words_proved_once_and_told_in_the_id_token(browser, ada):
    bank = program("Bank", may_ask_for_acts=True)
    code_for(browser, bank)

    asked = browser.get(bank.url(authorization_details=ACT))

    assert "Pay 300 € to Anna Example" in asked.content.decode()
    agreed = agree(browser, asked)
    assert "Pay 300 € to Anna Example" in agreed.content.decode()
    matter = agreed.redirect_chain[-1][0].rstrip("/").rsplit("/", 1)[-1]
    back = show_face(browser, matter)
    answer = answer_in(browser.get(back.url).context["url"])
    tokens = bank.exchange(Browser(), answer["code"]).json()
    claims = claims_in(browser, tokens["id_token"])
    assert claims["authorization_details"] == json.loads(ACT) == tokens["authorization_details"]
    assert claims["acr"] == "urn:facevote:act"
    assert abs(claims["act_proved_at"] - timezone.now().timestamp()) < 60
    # Once: neither the request nor the proof can be used again.
    assert browser.get(back.url).status_code == 410
    assert "answer_to" in browser.get(bank.url(authorization_details=ACT)).context
    log = AuditEvent.objects.get(action="act_proved")
    assert "Anna" not in json.dumps(log.details)
    plain = claims_in(browser, bank.exchange(Browser(), code_for(browser, bank)).json()["id_token"])
    assert "authorization_details" not in plain


@pytest.mark.parametrize(
    "details",
    [
        "x",
        "[]",
        "{}",
        '[{"type": "payment", "text": "Pay"}]',
        '[{"type": "face_act"}]',
        '[{"type": "face_act", "text": ""}]',
        '[{"type": "face_act", "text": "one\\nline"}]',
        '[{"type": "face_act", "text": "Pay \\u202e003 \\u20ac"}]',
        '[{"type": "face_act", "text": "a\\u200bb"}]',
        '[{"type": "face_act", "text": "a", "amount": "300"}]',
        '[{"type": "face_act", "text": "a", "reference": 3}]',
        '[{"type": "face_act", "text": "a", "reference": "ü"}]',
        '[{"type": "face_act", "text": "a"}, {"type": "face_act", "text": "b"}]',
        json.dumps([{"type": "face_act", "text": "a" * 301}]),
        "[" * 1000,
    ],
    ids=lambda details: details[:60],
)
def test_what_cannot_be_shown_as_one_act_is_refused(browser, details):
    bank = program("Bank", may_ask_for_acts=True)

    answer = answer_in(sent_to(browser.get(bank.url(authorization_details=details))))

    assert answer["error"] == "invalid_authorization_details"


def test_a_program_that_may_not_ask_for_acts_is_refused(shop, browser):
    answer = answer_in(sent_to(browser.get(shop.url(authorization_details=ACT))))

    assert answer["error"] == "invalid_authorization_details"


def test_an_act_is_never_proved_silently_or_without_a_face(browser):
    bank = program("Bank", may_ask_for_acts=True, accepts_without_face=True)
    code_for(browser, bank)

    silent = answer_in(sent_to(browser.get(bank.url(authorization_details=ACT, prompt="none"))))
    session = browser.session
    session[login.FACTORS] = [login.PASSWORD, "override"]
    session.save()
    faceless = browser.get(bank.url(authorization_details=ACT))

    assert silent["error"] == "consent_required"
    assert faceless.status_code == 403
    assert (
        not AuthorizationRequest.objects.exclude(answered_at=None).filter(agreed_by=None).exists()
    )


def test_an_old_sign_in_without_a_face_takes_the_whole_way_again(browser):
    lenient = program("Lenient", accepts_without_face=True)
    session = browser.session
    session[login.FACTORS] = [login.PASSWORD, "override"]
    session.save()
    seen_ago(browser, hours=25)

    assert browser.get(lenient.url()).url.startswith(reverse("accounts:sign-in"))
