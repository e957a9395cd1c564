"""The address by which programs know this site (the claim `iss`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


# The header of oauthlib's requests that carries it.
ISSUER = "facevote.issuer"


def issuer(request: HttpRequest) -> str:
    """The setting OIDC_ISSUER, or the address at which the site was asked; without a last slash."""
    return str(settings.OIDC_ISSUER) or request.build_absolute_uri("/").rstrip("/")


def issuer_of(request: Any) -> str:
    """The same for a request of oauthlib."""
    return str(request.headers[ISSUER])


def answer_url(redirect_uri: str, request: HttpRequest, **fields: str) -> str:
    """The address with which the browser is sent back. `iss` tells who answers (RFC 9207)."""
    told = {name: text for name, text in fields.items() if text}
    joint = "&" if urlsplit(redirect_uri).query else "?"
    return f"{redirect_uri}{joint}{urlencode({**told, 'iss': issuer(request)})}"
