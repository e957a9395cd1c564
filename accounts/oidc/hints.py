"""ID tokens that come back as a hint whom a request is about. Old ones count, forged do not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

from jwcrypto.common import JWException
from jwcrypto.jws import JWS

from accounts.oidc import signing_keys
from accounts.oidc.issuer import issuer
from accounts.oidc.models import Client, Subject

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User

ALGORITHM = "RS256"


class BadHint(ValueError):
    """This site has not signed it, or not for a program that is known."""


def read(token: str, request: HttpRequest) -> tuple[Client, User]:
    """The program and the person of an ID token, also of an expired one. Raises BadHint."""
    claims = _signed_claims(token)
    client = Client.objects.filter(client_id=str(claims.get("aud", ""))).first()
    if client is None or claims.get("iss") != issuer(request):
        raise BadHint
    subjects = Subject.objects.select_related("user").filter(sector=client.sector)
    subject = subjects.filter(value=_subject(claims)).first()
    if subject is None:
        raise BadHint
    return client, subject.user


def is_about(token: str, user: User, request: HttpRequest) -> bool:
    """Whether the hint names this person; True for no hint at all."""
    if not token:
        return True
    try:
        return read(token, request)[1] == user
    except BadHint:
        return False


def _signed_claims(token: str) -> dict[str, object]:
    try:
        signed = JWS()
        signed.allowed_algs = [ALGORITHM]
        signed.deserialize(token)
        key = signing_keys.with_id(str(signed.jose_header.get("kid", "")))
        if key is None:
            raise BadHint
        signed.verify(key, alg=ALGORITHM)
        claims = json.loads(signed.payload)
    except (JWException, ValueError, TypeError, AttributeError):
        raise BadHint from None
    if not isinstance(claims, dict):
        raise BadHint
    return claims


def _subject(claims: dict[str, object]) -> str:
    text = str(claims.get("sub", ""))
    try:
        return str(UUID(text))
    except ValueError:
        raise BadHint from None
