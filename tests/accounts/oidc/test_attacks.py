"""The attacks of RFC 9700 (and a few more), each refused. docs/integrate.md lists them."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Group
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT

from accounts.oidc import housekeeping, signing_keys
from accounts.oidc.models import (
    AccessToken,
    AuthorizationRequest,
    Code,
    Connection,
    SigningKey,
    Subject,
)
from accounts.sign_in import login
from tests.support.programs import CALLBACK, agree, answer_in, claims_in, code_for, program, sent_to

pytestmark = pytest.mark.django_db
EVIL = "https://evil.example.net/callback"


def userinfo(token, browser=None):
    browser = browser or Browser()
    return browser.get(reverse("oidc:userinfo"), headers={"Authorization": f"Bearer {token}"})


def tokens_of(shop, browser):
    return shop.exchange(Browser(), code_for(browser, shop)).json()


def unsigned(id_token, **header):
    _head, body, _signature = id_token.split(".")
    head = json.dumps({"typ": "JWT", **header}).encode()
    return f"{base64.urlsafe_b64encode(head).decode().rstrip('=')}.{body}."


@pytest.mark.parametrize(
    "uri",
    [
        EVIL,
        f"{CALLBACK}/more",
        f"{CALLBACK}?more=1",
        f"{CALLBACK}#part",
        "https://shop.example.org.evil.net/callback",
        "https://shop.example.org@evil.example.net/callback",
        "https://shop.example.org\\@evil.example.net/callback",
        "http://shop.example.org/callback",
        "https://SHOP.example.org:444/callback",
        "https://shop.example.org/../callback",
        "javascript:alert(1)",
        "//shop.example.org/callback",
        None,
    ],
)
def test_an_address_that_is_not_registered_gets_nothing_not_even_an_error(shop, browser, uri):
    """Redirect URI validation and open redirects (4.1, 4.11)."""
    for prompt in (None, "none"):
        response = browser.get(shop.url(redirect_uri=uri, prompt=prompt))

        assert response.status_code == 400
        assert "Location" not in response
        assert b"evil" not in response.content


@pytest.mark.parametrize(
    "changed",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge": "short"},
        {"response_type": "token"},
        {"response_type": "id_token token"},
        {"response_type": "code id_token"},
        {"response_mode": "fragment"},
        {"response_mode": "form_post"},
        {"scope": "openid admin"},
        {"scope": "profile"},
        {"scope": "openid email"},
        {"prompt": "none login"},
        {"prompt": "sudo"},
        {"max_age": "-1"},
        {"max_age": "soon"},
        {"nonce": "n" * 300},
        {"request": "eyJhbGciOiJub25lIn0.e30."},
        {"request_uri": "https://evil.example.net/request"},
    ],
    ids=str,
)
def test_a_request_of_a_wrong_form_is_told_to_the_program_and_gives_no_code(shop, browser, changed):
    """PKCE missing or plain (2.1.1), implicit and hybrid flows (2.1.2), and wrong parameters."""
    code_for(browser, shop)

    answer = answer_in(sent_to(browser.get(shop.url(**changed))))

    assert "error" in answer
    assert "code" not in answer
    assert answer["state"] == shop.state
    assert answer["iss"] == "http://testserver"


def test_a_parameter_that_stands_there_twice_is_refused(shop, browser):
    """HTTP parameter pollution."""
    assert browser.get(f"{shop.url()}&{urlencode({'redirect_uri': EVIL})}").status_code == 400
    twice = answer_in(sent_to(browser.get(f"{shop.url()}&{urlencode({'nonce': 'other'})}")))
    assert twice["error"] == "invalid_request"


def test_a_code_works_once_and_its_tokens_end_when_it_comes_again(shop, browser):
    """Replay of codes (4.5; RFC 6749, 4.1.2)."""
    code = code_for(browser, shop)
    token = shop.exchange(Browser(), code).json()["access_token"]
    assert userinfo(token).status_code == 200

    again = shop.exchange(Browser(), code)

    assert again.json()["error"] == "invalid_grant"
    assert userinfo(token).status_code == 401


def test_a_code_is_worth_nothing_after_a_minute(shop, browser):
    code = code_for(browser, shop)
    Code.objects.update(expires=timezone.now() - timedelta(seconds=1))

    assert shop.exchange(Browser(), code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("verifier", [None, "another-verifier-of-sufficient-length-0123456789", ""])
def test_a_stolen_code_is_worth_nothing_without_its_verifier(shop, browser, verifier):
    """Code injection (4.5): the code of one session put into another."""
    answer = shop.exchange(Browser(), code_for(browser, shop), code_verifier=verifier)

    assert answer.status_code == 400
    assert not AccessToken.objects.exists()


def test_the_code_of_one_program_is_worth_nothing_for_another(shop, browser):
    """Mixed-up programs (4.4); the answer also names its issuer (RFC 9207)."""
    other = program("Other")
    other.verifier = shop.verifier

    answer = other.exchange(Browser(), code_for(browser, shop))

    assert answer.json()["error"] == "invalid_grant"


def test_a_code_goes_with_the_address_that_it_was_sent_to(browser):
    shop = program(redirect_uris=f"{CALLBACK} https://shop.example.org/other")
    code = code_for(browser, shop)

    answer = shop.exchange(Browser(), code, redirect_uri="https://shop.example.org/other")

    assert answer.status_code == 400


@pytest.mark.parametrize("secret", ["wrong", "", None])
def test_a_wrong_secret_gets_no_tokens(shop, browser, secret):
    answer = shop.exchange(Browser(), code_for(browser, shop), client_secret=secret)

    assert answer.status_code in (400, 401)
    assert answer.json()["error"] == "invalid_client"


def test_an_empty_secret_does_not_open_a_program_without_one(browser):
    page = program("Page", client_type="public", client_secret="")
    code = code_for(browser, page)

    basic = base64.b64encode(f"{page.client.client_id}:".encode()).decode()
    refused = Browser().post(
        reverse("oidc:token"),
        {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK},
        headers={"Authorization": f"Basic {basic}"},
    )

    assert refused.status_code == 401
    assert page.exchange(Browser(), code, client_secret=None).status_code == 200


@pytest.mark.parametrize("grant", ["password", "client_credentials", "implicit", "refresh_token"])
def test_there_is_no_other_way_to_a_token(shop, ada, grant):
    """The password grant must not be used (2.4)."""
    answer = shop.exchange(
        Browser(),
        "",
        grant_type=grant,
        username="ada",
        password="a long enough password",
        refresh_token="x",
    )

    assert answer.status_code in (400, 401)
    assert "access_token" not in answer.json()


def test_state_and_nonce_come_back_as_they_were_sent(shop, browser):
    """CSRF against the program (4.7), login CSRF and replayed ID tokens: it compares both."""
    odd = 'a&b="<ü>#%20+ \\'
    asked = browser.get(shop.url(state=odd, nonce=odd))
    answer = answer_in(agree(browser, asked).context["url"])

    assert answer["state"] == odd
    tokens = shop.exchange(Browser(), answer["code"]).json()
    assert claims_in(browser, tokens["id_token"])["nonce"] == odd


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256"])
def test_an_id_token_without_our_signature_is_no_hint(shop, browser, algorithm):
    """`alg=none`, and the public key taken for a shared secret."""
    good = tokens_of(shop, browser)["id_token"]
    kid = signing_keys.current().thumbprint()
    forged = unsigned(good, alg=algorithm, kid=kid)
    if algorithm == "HS256":
        public = JWK(**SigningKey.objects.get(kid=kid).public).export_to_pem()
        secret = base64.urlsafe_b64encode(public).decode().rstrip("=")
        key = JWK(kty="oct", k=secret)
        made = JWT(header={"alg": "HS256", "kid": kid}, claims=claims_in(browser, good))
        made.make_signed_token(key)
        forged = made.serialize()

    for token, code in ((good, 200), (forged, 400)):
        fields = {
            "id_token_hint": token,
            "post_logout_redirect_uri": "https://shop.example.org/bye",
        }
        assert browser.get(reverse("oidc:sign-out"), fields).status_code == code
    answer = answer_in(sent_to(browser.get(shop.url(id_token_hint=forged))))
    assert answer["error"] == "login_required"
    assert "code" in answer_in(sent_to(browser.get(shop.url(id_token_hint=good))))


def test_the_page_that_asks_cannot_be_framed_or_submitted_from_elsewhere(shop, browser):
    """Clickjacking (4.16) and CSRF on the page that asks."""
    asked = browser.get(shop.url())
    assert "frame-ancestors 'none'" in asked["Content-Security-Policy"]
    assert asked["X-Frame-Options"] == "DENY"
    strict = Browser(enforce_csrf_checks=True)
    strict.cookies = browser.cookies

    refused = strict.post(asked.context["answer_to"], {"answer": "yes"})

    assert refused.status_code == 403
    assert not AuthorizationRequest.objects.exclude(agreed_by=None).exists()


def test_the_sign_out_of_a_program_cannot_be_forced_and_leads_nowhere_else(shop, browser):
    out = reverse("oidc:sign-out")

    assert browser.get(out, {"client_id": shop.client.client_id}).status_code == 200
    assert browser.get(reverse("accounts:profile")).status_code == 200
    strict = Browser(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    assert strict.post(out, {"sign_out": "yes"}).status_code == 403
    for uri in (EVIL, "https://shop.example.org/bye/more", CALLBACK):
        fields = {"client_id": shop.client.client_id, "post_logout_redirect_uri": uri}
        assert browser.get(out, fields).status_code == 400
        assert browser.post(out, {**fields, "sign_out": "yes"}).status_code == 400
    assert browser.get(reverse("accounts:profile")).status_code == 200


def test_the_code_does_not_leak_by_the_referrer_or_a_cache(shop, browser):
    """Leaks by the Referer header (4.2) and by the browser's history (4.3)."""
    back = agree(browser, browser.get(shop.url()))

    assert back["Referrer-Policy"] == "same-origin"
    assert "no-store" in back["Cache-Control"]
    token = shop.exchange(Browser(), answer_in(back.context["url"])["code"]).json()["access_token"]
    in_query = Browser().get(reverse("oidc:userinfo"), {"access_token": token})
    assert in_query.status_code in (400, 401)


def test_prompt_none_shows_no_page(shop, browser):
    stranger = answer_in(sent_to(Browser().get(shop.url(prompt="none"))))
    not_agreed = answer_in(sent_to(browser.get(shop.url(prompt="none"))))
    code_for(browser, shop)
    agreed = answer_in(sent_to(browser.get(shop.url(prompt="none"))))

    assert stranger["error"] == "login_required"
    assert not_agreed["error"] == "consent_required"
    assert "code" in agreed
    assert stranger["state"] == shop.state


def test_half_a_sign_in_is_nobody(shop, ada):
    """The password alone, or a session that another part of Django made."""
    browser = Browser()
    browser.post(
        reverse("accounts:sign-in"), {"username": "ada", "password": "a long enough password"}
    )
    assert login.PENDING in browser.session

    assert answer_in(sent_to(browser.get(shop.url(prompt="none"))))["error"] == "login_required"
    forced = Browser()
    forced.force_login(ada, backend=login.BACKEND)
    assert answer_in(sent_to(forced.get(shop.url(prompt="none"))))["error"] == "login_required"


def test_a_request_that_waited_too_long_or_was_answered_is_refused(shop, browser):
    asked = browser.get(shop.url())
    waits_at = asked.context["answer_to"]
    agree(browser, asked)
    assert browser.get(waits_at).status_code == 410
    assert browser.post(waits_at, {"answer": "yes"}).status_code == 410

    late = browser.get(shop.url(prompt="consent")).context["answer_to"]
    AuthorizationRequest.objects.update(expires_at=timezone.now())
    assert browser.get(late).status_code == 410


def test_two_tabs_go_on_with_two_requests(shop, ada):
    from tests.support.people import pass_face

    wiki = program("Wiki")
    browser = Browser()
    tabs = [sent_to(browser.get(one.url())) for one in (shop, wiki)]

    for tab, one in zip(tabs, (shop, wiki), strict=True):
        next_path = answer_in(tab)["next"]
        page = browser.get(next_path, follow=True)
        if "answer_to" not in (page.context or {}):
            browser.post(
                reverse("accounts:sign-in"),
                {"username": "ada", "password": "a long enough password", "next": next_path},
            )
            pass_face(browser)
            done = browser.post(reverse("biometrics:complete"), {"next": next_path})
            assert sent_to(done) == next_path
            page = browser.get(next_path)
        back = agree(browser, page)
        assert answer_in(back.context["url"])["state"] == one.state


def test_the_yes_of_one_person_is_not_the_yes_of_the_next_at_the_same_computer(shop, browser):
    from tests.support.people import enrolled

    waits_at = browser.get(shop.url()).context["answer_to"]
    browser.post(waits_at, {"answer": "yes"})
    browser.force_login(enrolled("ben"))

    page = browser.get(waits_at)

    assert "answer_to" in page.context
    assert not Connection.objects.exists()


def test_only_the_groups_that_were_chosen_may_use_a_program(shop, browser, ada):
    board = Group.objects.create(name="board")
    token = tokens_of(shop, browser)["access_token"]
    shop.client.groups.add(board)

    assert browser.get(shop.url()).status_code == 403
    assert answer_in(sent_to(browser.get(shop.url(prompt="none"))))["error"] == "access_denied"
    assert userinfo(token).status_code == 401
    ada.groups.add(board)
    assert "code" in answer_in(sent_to(browser.get(shop.url())))


@pytest.mark.parametrize("end", ["switched off", "new password", "program off"])
def test_tokens_and_codes_end_with_the_account_its_password_and_the_program(
    shop, browser, ada, end
):
    token = tokens_of(shop, browser)["access_token"]
    code = code_for(browser, shop)

    if end == "switched off":
        ada.is_active = False
        ada.save()
    elif end == "new password":
        ada.set_password("another long password")
        ada.save()
    else:
        shop.client.is_active = False
        shop.client.save()

    assert userinfo(token).status_code == 401
    assert shop.exchange(Browser(), code).status_code in (400, 401)


def test_a_deleted_person_leaves_no_number_and_no_token(shop, browser, ada):
    from accounts.rights.deleting import delete_account

    tokens_of(shop, browser)

    delete_account(ada, actor=ada, now=timezone.now())

    for rows in (Subject, Connection, AccessToken, Code):
        assert not rows.objects.exists()


def test_somebody_who_signed_in_without_a_face_is_told_so(browser):
    strict, lenient = program("Strict"), program("Lenient", accepts_without_face=True)
    session = browser.session
    session[login.FACTORS] = [login.PASSWORD, "override"]
    session.save()

    assert b"needs your face" in browser.get(strict.url()).content
    tokens = lenient.exchange(Browser(), code_for(browser, lenient)).json()
    claims = claims_in(browser, tokens["id_token"])
    assert (claims["acr"], claims["amr"]) == ("urn:facevote:let-in", ["pwd"])


def test_only_noted_origins_read_answers_by_a_script(browser):
    page = program("Page", allowed_origins="https://page.example.org")

    def allowed(origin, path="oidc:token"):
        response = Browser().options(reverse(path), headers={"Origin": origin})
        return response.headers.get("Access-Control-Allow-Origin")

    assert allowed("https://page.example.org") == "https://page.example.org"
    assert allowed("https://page.example.org.evil.net") is None
    assert allowed("https://page.example.or") is None
    assert allowed("null") is None
    page.client.is_active = False
    page.client.save()
    assert allowed("https://page.example.org") is None


def test_a_revoked_token_is_refused_and_only_its_program_revokes_it(shop, browser):
    token = tokens_of(shop, browser)["access_token"]
    other = program("Other")

    for one, status in ((other, 200), (shop, 401)):
        fields = {
            "token": token,
            "client_id": one.client.client_id,
            "client_secret": one.secret,
        }
        assert Browser().post(reverse("oidc:revoke"), fields).status_code == 200
        assert userinfo(token).status_code == status


@pytest.mark.parametrize("rubbish", ["\x00", "ü" * 3000, "%ff", "a" * 9000, "' OR 1=1 --"])
def test_rubbish_is_refused_without_a_fault(shop, browser, rubbish):
    for field in ("client_id", "redirect_uri", "scope", "state", "id_token_hint", "claims"):
        response = browser.get(shop.url(**{field: rubbish}))
        assert response.status_code in (200, 302, 400)
    for field in ("code", "client_id", "code_verifier", "refresh_token"):
        answer = shop.exchange(Browser(), **{"code": "x", field: rubbish})
        assert answer.status_code in (400, 401)


def test_housekeeping_keeps_what_still_holds(shop, browser):
    tokens_of(shop, browser)
    browser.get(shop.url(prompt="consent"))

    housekeeping.purge(now=timezone.now())
    kept = [rows.objects.count() for rows in (AuthorizationRequest, Code, AccessToken)]
    housekeeping.purge(now=timezone.now() + timedelta(hours=1))
    left = [rows.objects.count() for rows in (AuthorizationRequest, Code, AccessToken)]

    assert kept == [2, 1, 1]
    assert left == [0, 0, 0]
