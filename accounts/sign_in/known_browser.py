"""Browsers in which somebody has signed in before.

Guessing elsewhere slows down sign-ins for an account, or from an address, but not in a browser
that is known for the account. The mark of a browser is worth nothing else: it replaces neither the
password nor the second step.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import signing

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

COOKIE = "facevote_known"
LIFE = timedelta(days=180)
SALT = "accounts.known_browser"
# In a polling place or a family, several people sign in with one browser.
MAX_NAMES = 20


def mark_for(request: HttpRequest, name: str) -> str:
    """The browser's own mark if the account of this name has signed in with it, else "".

    `name` is the mark of a user name; the cookie holds no names either.
    """
    known = _read(request)
    return str(known["browser"]) if name in known["names"] else ""


def remember(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """After a completed sign-in: set the cookie by which the browser is known from now on."""
    known = _read(request)
    names = [*(other for other in known["names"] if other != name), name][-MAX_NAMES:]
    response.set_cookie(
        COOKIE,
        signing.dumps({"browser": known["browser"], "names": names}, salt=SALT, compress=True),
        max_age=LIFE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> dict[str, Any]:
    """What the cookie says; a new mark and no names if there is none that this site has signed."""
    try:
        known = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LIFE)
    except signing.BadSignature:
        return {"browser": secrets.token_hex(16), "names": []}
    return dict(known)
