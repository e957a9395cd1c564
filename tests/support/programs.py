"""Another program that signs its users in here, and its side of OpenID Connect."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.urls import reverse
from jwcrypto.jwk import JWKSet
from jwcrypto.jwt import JWT

from accounts.oidc import secrets as program_secrets
from accounts.oidc.models import Client

if TYPE_CHECKING:
    from django.test import Client as Browser
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

CALLBACK = "https://shop.example.org/callback"


@dataclass
class Program:
    """What a program knows: its row here, its secret, and what it sent last."""

    client: Client
    secret: str
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(8))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(8))

    def fields(self, **changed: str | None) -> dict[str, str]:
        """The fields of an authorisation request; None leaves one out."""
        fields = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": CALLBACK,
            "scope": "openid profile",
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
            **changed,
        }
        return {name: text for name, text in fields.items() if text is not None}

    def url(self, **changed: str | None) -> str:
        return f"{reverse('oidc:authorize')}?{urlencode(self.fields(**changed))}"

    def exchange(self, browser: Browser, code: str, **changed: str | None) -> Response:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "client_id": self.client.client_id,
            "client_secret": self.secret,
            "code_verifier": self.verifier,
            **changed,
        }
        sent = {name: text for name, text in fields.items() if text is not None}
        return browser.post(reverse("oidc:token"), sent)

    def refresh(self, browser: Browser, refresh_token: str) -> Response:
        fields = {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "client_id": self.client.client_id,
            "client_secret": self.secret,
        }
        return browser.post(reverse("oidc:token"), fields)


def program(name: str = "Shop", **fields: Any) -> Program:
    secret = program_secrets.new_secret()
    fields = {
        "redirect_uris": CALLBACK,
        "post_logout_redirect_uris": "https://shop.example.org/bye",
        "client_secret": program_secrets.digest(secret),
        **fields,
    }
    return Program(Client.objects.create(name=name, **fields), secret)


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def answer_in(url: str) -> dict[str, str]:
    """The fields with which the browser is sent back."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def agree(browser: Browser, response: Response, answer: str = "yes") -> Response:
    """Press a button of the page that asks; the page after it."""
    return browser.post(response.context["answer_to"], {"answer": answer}, follow=True)


def code_for(browser: Browser, asking: Program, **changed: str | None) -> str:
    """The code that a signed-in person's browser brings back, after a yes if one is asked for."""
    response = browser.get(asking.url(**changed), follow=True)
    if response.context and "answer_to" in response.context:
        response = agree(browser, response)
        return answer_in(response.context["url"])["code"]
    return answer_in(response.redirect_chain[-1][0])["code"]


def sent_to(response: Response) -> str:
    """The address of a redirect."""
    return str(response.headers["Location"])


def claims_in(browser: Browser, id_token: str) -> dict[str, Any]:
    """The claims of an ID token whose signature fits the published keys."""
    keys = JWKSet.from_json(browser.get(reverse("oidc:keys")).content)
    return dict(json.loads(JWT(jwt=id_token, key=keys, algs=["RS256"]).claims))
