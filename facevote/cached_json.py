"""How cached values are written to Redis: as JSON, which is data and can never run."""

from __future__ import annotations

import base64
import json

BYTES = "base64"


class CachedJson:
    """A serializer for Django's Redis cache.

    Whole numbers are stored as they are, because Redis itself counts them up. Bytes, such as an
    uploaded roll between its preview and its confirmation, become Base64 in an object of one key.
    """

    def dumps(self, value: object) -> int | bytes:
        if type(value) is int:
            return value
        if isinstance(value, bytes):
            value = {BYTES: base64.b64encode(value).decode()}
        return json.dumps(value).encode()

    def loads(self, stored: bytes) -> object:
        """Raises ValueError for bytes that are no JSON, such as a pickle."""
        value = json.loads(stored)
        if isinstance(value, dict) and value.keys() == {BYTES}:
            return base64.b64decode(value[BYTES], validate=True)
        return value
