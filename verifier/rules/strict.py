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
MAX_NUMBER = 2**53 - 1
MAX_DEPTH = 12
KEY = re.compile(r"[a-z0-9_]+")


class Problem(ValueError):
    """Something in the file does not hold; the text says what."""


# What reading a malformed value can raise. Whoever reads an event reports these as its problem.
FAULTS = (LookupError, TypeError, ValueError, AttributeError, RuntimeError, ArithmeticError)


def require(condition: object, message: str) -> None:
    """Raise Problem with this message unless the condition is true."""
    if not condition:
        raise Problem(message)


def in_words(error: Exception) -> str:
    """What is wrong, for people, from one of FAULTS."""
    return str(error) if isinstance(error, Problem) else f"malformed: {error!r}"[:200]


def text(value: Json, pattern: str) -> str:
    """`value`, if it is a string that the whole pattern matches; else raises Problem."""
    matches = isinstance(value, str) and re.fullmatch(pattern, value)
    require(matches, f"not of the form {pattern}")
    return str(value)


def whole(value: Json, low: int, high: int) -> int:
    """`value`, if it is an integer from `low` to `high`, and no bool; else raises Problem."""
    require(type(value) is int and low <= value <= high, "a number out of its range")
    return int(value)


def yes_or_no(value: Json) -> bool:
    """`value`, if it is true or false; else raises Problem."""
    require(type(value) is bool, "neither true nor false")
    return bool(value)


def items(value: Json, low: int, high: int) -> list[Any]:
    """`value`, if it is a list of `low` to `high` items; else raises Problem."""
    require(isinstance(value, list), "not a list")
    require(low <= len(value) <= high, f"not {low} to {high} items")
    return list(value)


def keys(value: Json, names: str) -> dict[str, Any]:
    """`value`, if it is an object with exactly these sorted, spaced keys; else raises Problem."""
    matches = isinstance(value, dict) and sorted(value) == names.split()
    require(matches, f"needs the keys {names}")
    return dict(value)


def dump(value: Json) -> bytes:
    """The canonical bytes of a value. Raises TypeError for fractions, ValueError for surrogates."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def load(data: bytes) -> Json:
    """The value of canonical bytes. Raises Problem or another of FAULTS for all other bytes."""
    value = json.loads(data.decode(), parse_float=Decimal, parse_constant=Decimal)
    _check(value, MAX_DEPTH)
    require(dump(value) == data, "not canonical JSON")  # TypeError for a Decimal
    return value


def sha256(data: bytes) -> str:
    """The digest as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def sha(value: Json) -> bytes:
    """The digest of the value's canonical JSON, as it enters a hash: 32 bytes."""
    return hashlib.sha256(dump(value)).digest()


def _check(value: Json, levels: int) -> None:
    """Raise Problem for large integers, other keys, and more levels below this one."""
    require(levels >= 0, "nested too deeply")
    if isinstance(value, dict):
        require(all(map(KEY.fullmatch, value)), "a key that is not plain")
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            if not isinstance(item, str):
                _check(item, levels - 1)
            else:
                require(levels, "nested too deeply")
    elif isinstance(value, int):
        require(abs(value) <= MAX_NUMBER, "a number that is too large")
