"""Ties tickets and grants to one browser: a random mark in its session, stored hashed elsewhere."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest

MARK = "browser_mark"


def browser_hash(request: HttpRequest) -> str:
    """SHA-256 of the browser's mark, which survives the change of the session's key."""
    if MARK not in request.session:
        request.session[MARK] = secrets.token_urlsafe(16)
    return hash_of(request.session)


def hash_of(session: Any) -> str:
    """The same for a session that must have a mark already; empty where it has none."""
    mark = session.get(MARK)
    return hashlib.sha256(mark.encode()).hexdigest() if mark else ""
