"""What a program asks for in an authorisation request, once its form is known to be right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.http import QueryDict

from accounts.oidc import acts
from accounts.oidc.claims import FACE_NOW, Scope
from accounts.oidc.models import Movements

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.oidc.acts import Act
    from accounts.oidc.models import Client

# Longer than a POSTed request of any program, and far below what a row may hold.
MAX_QUERY = 8000
# A value twice could be read one way here and another way by the program.
SINGLE = (
    *("client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "prompt"),
    *("code_challenge", "code_challenge_method", "max_age", "acr_values", "authorization_details"),
    *("id_token_hint", "response_mode", "request", "request_uri"),
)
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
# As many seconds as a session can be old.
MAX_AGE = re.compile(r"[0-9]{1,9}")


class Prompt(StrEnum):
    NONE = "none"
    LOGIN = "login"
    CONSENT = "consent"
    SELECT_ACCOUNT = "select_account"


class AskedBadly(ValueError):
    """The program is told by a redirect: `error` is OAuth's code, the message is for its makers."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error


@dataclass(frozen=True, slots=True)
class Asked:
    """`max_age` is the age at which a sign-in is too old for this request, as the program says."""

    client: Client
    redirect_uri: str
    state: str
    scopes: tuple[str, ...]
    prompts: frozenset[Prompt]
    max_age: timedelta | None
    act: Act | None
    id_token_hint: str
    made_at: datetime
    # For the library, which makes the code.
    credentials: dict[str, Any]

    @property
    def is_silent(self) -> bool:
        return Prompt.NONE in self.prompts

    @property
    def seen_since(self) -> datetime:
        """The person must have been seen at this time or later."""
        age = timedelta(minutes=self.client.face_minutes)
        return self.made_at - (age if self.max_age is None else min(age, self.max_age))

    @property
    def wants_movements(self) -> bool:
        return self.client.movements == Movements.ALWAYS


def read(
    query: str, client: Client, scopes: list[str], credentials: dict[str, Any], *, now: datetime
) -> Asked:
    """What the library leaves to us, read strictly. Raises AskedBadly."""
    fields = QueryDict(query)
    _check_form(fields)
    if Scope.OPENID not in scopes:
        raise AskedBadly("invalid_scope", "the scope must contain openid")
    return Asked(
        client=client,
        redirect_uri=credentials["redirect_uri"],
        state=credentials.get("state") or "",
        scopes=tuple(sorted(scopes)),
        prompts=_prompts(fields.get("prompt", "")),
        max_age=_max_age(fields),
        act=_act(fields.get("authorization_details", ""), client),
        id_token_hint=fields.get("id_token_hint", ""),
        made_at=now,
        credentials=credentials,
    )


def _check_form(fields: QueryDict) -> None:
    for name in SINGLE:
        if len(fields.getlist(name)) > 1:
            raise AskedBadly("invalid_request", f"{name} stands there twice")
    for name in ("request", "request_uri"):
        if name in fields:
            raise AskedBadly(f"{name}_not_supported", f"{name} is not supported")
    if fields.get("response_mode", "query") != "query":
        raise AskedBadly("invalid_request", "only response_mode=query is supported")
    if fields.get("code_challenge_method") != "S256":
        raise AskedBadly("invalid_request", "PKCE with code_challenge_method=S256 is required")
    if not CHALLENGE.fullmatch(fields.get("code_challenge", "")):
        raise AskedBadly("invalid_request", "code_challenge is no SHA-256 in Base64url")
    if len(fields.get("nonce", "")) > 255:
        raise AskedBadly("invalid_request", "the nonce has more than 255 signs")


def _prompts(text: str) -> frozenset[Prompt]:
    try:
        prompts = frozenset(Prompt(word) for word in text.split())
    except ValueError:
        raise AskedBadly("invalid_request", "an unknown prompt") from None
    if Prompt.NONE in prompts and len(prompts) > 1:
        raise AskedBadly("invalid_request", "prompt=none stands alone")
    return prompts


def _max_age(fields: QueryDict) -> timedelta | None:
    if FACE_NOW in fields.get("acr_values", "").split():
        return timedelta(0)
    text = fields.get("max_age", "")
    if not text:
        return None
    if not MAX_AGE.fullmatch(text):
        raise AskedBadly("invalid_request", "max_age is no number of seconds")
    return timedelta(seconds=int(text))


def _act(details: str, client: Client) -> Act | None:
    try:
        act = acts.read(details)
    except acts.ActRefused as refused:
        raise AskedBadly("invalid_authorization_details", str(refused)) from None
    if act is not None and not client.may_ask_for_acts:
        raise AskedBadly("invalid_authorization_details", "this program may not ask for acts")
    return act
