"""What a program learns of a person. This file is the whole list."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from accounts.oidc.models import Subject
from accounts.sign_in.factors import Factor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_stubs_ext import StrPromise

    from accounts.models import User
    from accounts.oidc.models import Client
    from accounts.sign_in.login import CompletedLogin


class Scope(StrEnum):
    OPENID = "openid"
    PROFILE = "profile"
    EMAIL = "email"
    OFFLINE_ACCESS = "offline_access"


class Acr(StrEnum):
    """How a person was seen (the claim `acr`); the first that fits a sign-in is told."""

    ACT = "urn:facevote:act"
    FACE = "urn:facevote:face"
    CODE = "urn:facevote:code"
    LET_IN = "urn:facevote:let-in"
    PASSWORD = "urn:facevote:password"  # noqa: S105  (a name)


# Only asked for, never told: a face step for this very request.
FACE_NOW = "urn:facevote:face-now"
# RFC 8176, by the step that followed the password.
_METHODS: dict[Factor, tuple[Acr, list[str]]] = {
    Factor.FACE: (Acr.FACE, ["pwd", "face", "mfa"]),
    Factor.TOTP: (Acr.CODE, ["pwd", "otp", "mfa"]),
    Factor.OVERRIDE: (Acr.LET_IN, ["pwd"]),
    Factor.NONE: (Acr.PASSWORD, ["pwd"]),
}
WORDS: dict[Scope, StrPromise] = {
    Scope.OPENID: _("That it is you: a number by which it knows you again."),
    Scope.PROFILE: _("Your name and your user name."),
    Scope.EMAIL: _("Your e-mail address."),
    Scope.OFFLINE_ACCESS: _("Changes of this, also while you are away."),
}
CLAIMS = (
    *("sub", "iss", "aud", "iat", "exp", "auth_time", "nonce", "acr", "amr"),
    *("name", "given_name", "family_name", "preferred_username", "email", "email_verified"),
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """When and how the person behind a code was seen, as the ID token tells it."""

    auth_time: int
    acr: str
    amr: list[str]

    @classmethod
    def of(cls, login: CompletedLogin, *, for_act: bool = False) -> SignIn:
        acr, amr = _METHODS.get(login.factor, (Acr.PASSWORD, ["pwd"]))
        return cls(int(login.at.timestamp()), str(Acr.ACT if for_act else acr), amr)


def scopes_of(client: Client) -> list[str]:
    """What this program may ask for."""
    allowed = {
        Scope.OPENID: True,
        Scope.PROFILE: client.tells_name,
        Scope.EMAIL: client.tells_email,
        Scope.OFFLINE_ACCESS: client.stays_connected,
    }
    return [str(scope) for scope, may in allowed.items() if may]


def words_of(scopes: Iterable[str]) -> list[StrPromise]:
    """What a program with these scopes learns, for people."""
    granted = set(scopes)
    return [words for scope, words in WORDS.items() if scope in granted]


def about(user: User, client: Client, scopes: Iterable[str]) -> dict[str, Any]:
    """The claims about this person, for a program with these scopes."""
    granted = set(scopes) & set(scopes_of(client))
    claims: dict[str, Any] = {"sub": subject_of(user, client)}
    if Scope.PROFILE in granted:
        claims |= {
            "name": user.get_full_name() or user.get_username(),
            "given_name": user.first_name,
            "family_name": user.last_name,
            "preferred_username": user.get_username(),
        }
    if Scope.EMAIL in granted and user.email:
        # The office has typed it; nobody has shown that mail arrives there.
        claims |= {"email": user.email, "email_verified": False}
    return claims


def subject_of(user: User, client: Client) -> str:
    subject, _made = Subject.objects.get_or_create(user=user, sector=client.sector)
    return str(subject.value)
