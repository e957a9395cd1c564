"""Ties tickets and grants to one browser.

The browser's session holds a random mark; tickets and grants hold the hash of it.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from accounts.at_rest.hashed_secrets import hash_of_secret

if TYPE_CHECKING:
    from django.http import HttpRequest

MARK = "browser_mark"


def browser_hash(request: HttpRequest) -> str:
    """Return the SHA-256 of the browser's mark; make a mark if there is none.

    The mark is needed because the key of a session changes at log-in, and the mark does not.
    """
    if MARK not in request.session:
        request.session[MARK] = secrets.token_urlsafe(16)
    return hash_of(request.session)


def hash_of(session: Any) -> str:
    """Return the SHA-256 of a session's mark, empty if the session has none."""
    mark = session.get(MARK)
    return hash_of_secret(mark) if mark else ""
