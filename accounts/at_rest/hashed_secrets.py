"""How a secret of a link, a ticket or a token stands in the database: as its SHA-256.

Only for secrets that were drawn at random from 128 bits or more. A slow hash would protect nothing
more there; what people choose themselves needs one (accounts/passwords).
"""

from __future__ import annotations

import hashlib


def hash_of_secret(secret: str) -> str:
    """64 hexadecimal digits. Whatever somebody types has one, lone surrogates too."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
