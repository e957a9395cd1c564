"""Strict reading: canonical JSON, and values that must have one exact form.

docs/cryptography.md, section 2. Everything here raises Problem, whose text is shown to people.
"""

from __future__ import annotations

import hashlib
import json
import re
from decimal import Decimal
from typing import Any

Json = Any  # what json.loads gives: the readers below check it

ID = r"[a-z0-9][a-z0-9-]{0,63}"
HEX = r"[0-9a-f]{64}"
HOUR = r"[0-9]{4}-(0[1-9]|1[0-2])-([0-2][0-9]|3[01])T([01][0-9]|2[0-3]):00Z"
MAX_NUMBER = 2**53


class Problem(ValueError):
    """Something in the file does not hold; the text says what."""


# What reading a malformed value can raise. Whoever reads an event reports these as its problem.
FAULTS = (LookupError, TypeError, ValueError, AttributeError, RuntimeError, ArithmeticError)


def require(condition: object, message: str) -> None:
    """Raise Problem with this message unless the condition is true."""
    if not condition:
        raise Problem(message)


def text(value: Json, pattern: str) -> str:
    """`value`, if it is a string that the whole pattern matches; else raises Problem."""
    matches = isinstance(value, str) and re.fullmatch(pattern, value)
    require(matches, f"not of the form {pattern}")
    return str(value)


def whole(value: Json, low: int, high: int) -> int:
    """`value`, if it is an integer from `low` to `high`, and no bool; else raises Problem."""
    require(type(value) is int and low <= value <= high, "a number out of its range")
    return int(value)


def keys(value: Json, names: str) -> dict[str, Any]:
    """`value`, if it is an object with exactly these sorted, spaced keys; else raises Problem."""
    matches = isinstance(value, dict) and sorted(value) == names.split()
    require(matches, f"needs keys {names}")
    return dict(value)


def dump(value: Json) -> bytes:
    """The canonical bytes of a value. Raises TypeError for fractions, ValueError for surrogates."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def load(data: bytes) -> Json:
    """The value of canonical bytes. Raises Problem or another of FAULTS for all other bytes."""
    value = json.loads(data, parse_float=Decimal, parse_constant=Decimal)  # dump refuses a Decimal
    require(dump(value) == data, "not canonical JSON")
    return value


def sha256(data: bytes) -> str:
    """The digest as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
