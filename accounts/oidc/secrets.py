"""A program's secret: made here, shown once, stored as a hash."""

from __future__ import annotations

import hashlib
import secrets

from django.utils.crypto import constant_time_compare

# So that scanners for leaked secrets recognise it.
PREFIX = "facevote_program_"
SECRET_BYTES = 32


def new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> str:
    """SHA-256 in hex. A secret has 256 random bits, so a slow hash would protect nothing more."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def fits(secret: str, stored: str) -> bool:
    """Whether this is the secret; a program without one has none that fits."""
    return bool(stored) and constant_time_compare(digest(secret), stored)
