"""Canonical JSON: one encoding of each value, the same bytes in Python and in the browser.

docs/cryptography.md, section 2, gives the rules.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, Final

MAX_INTEGER: Final = 2**53 - 1
MAX_DEPTH: Final = 12

_KEY = re.compile(r"[a-z0-9_]+")
IDENTIFIER: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")

Json = Any  # what json.loads gives; every reader below checks the shape it needs


class NotCanonicalError(ValueError):
    """A value that has no canonical form, or bytes that are not canonical JSON."""


def encode(value: Json) -> bytes:
    """The canonical UTF-8 bytes of a value of dicts, lists, strings, integers, bools and None.

    Raises NotCanonicalError for floats, other types, integers beyond 2^53 - 1, keys other than
    [a-z0-9_]+, lone surrogates, and values nested more than MAX_DEPTH levels deep.
    """
    _check(value, 0)
    return _write(value)


def sha(value: Json) -> str:
    """The SHA-256, as 64 hexadecimal digits, of the canonical bytes of a value.

    Raises NotCanonicalError as `encode` does.
    """
    return hashlib.sha256(encode(value)).hexdigest()


def decode(data: bytes) -> Json:
    """The value of canonical bytes. Raises NotCanonicalError for all other bytes."""
    try:
        value = json.loads(data.decode(), parse_float=_refuse, parse_constant=_refuse)
        _check(value, 0)
        again = _write(value)
    except (ValueError, RecursionError) as error:
        raise NotCanonicalError("not canonical JSON") from error
    if again != data:
        raise NotCanonicalError("not canonical JSON")
    return value


def has_keys(value: Json, *keys: str) -> bool:
    """Whether `value` is a dict with exactly these keys."""
    return isinstance(value, dict) and value.keys() == set(keys)


def same(left: Json, right: Json) -> bool:
    """Whether two values have the same canonical form. Python alone says that True == 1.

    Raises NotCanonicalError if the values are equal but have no canonical form.
    """
    return bool(left == right) and encode(left) == encode(right)


def is_identifier(value: Json) -> bool:
    """Whether `value` is a string that IDENTIFIER matches: an id or a voter's credential."""
    return isinstance(value, str) and IDENTIFIER.fullmatch(value) is not None


def is_integer(value: Json, low: int, high: int = MAX_INTEGER) -> bool:
    """Whether `value` is an integer (not a bool) with low <= value <= high."""
    return type(value) is int and low <= value <= high


def _write(value: Json) -> bytes:
    """Raises NotCanonicalError for a lone surrogate."""
    text = json.dumps(
        value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise NotCanonicalError("a lone surrogate has no UTF-8") from error


def _check(value: Json, depth: int) -> None:
    """Raises NotCanonicalError unless the value, found at this depth, has a canonical form."""
    if depth > MAX_DEPTH:
        raise NotCanonicalError("nested too deeply")
    match value:
        case None | bool() | str():
            return
        case int():
            if abs(value) > MAX_INTEGER:
                raise NotCanonicalError("an integer beyond 2^53 - 1")
        case list():
            for item in value:
                _check(item, depth + 1)
        case dict():
            for key, item in value.items():
                if not (isinstance(key, str) and _KEY.fullmatch(key)):
                    raise NotCanonicalError("a key that is not plain")
                _check(item, depth + 1)
        case _:
            raise NotCanonicalError("a value that JSON does not have")


def _refuse(text: str) -> None:
    """Raises NotCanonicalError: a fraction, an exponent, NaN or Infinity."""
    raise NotCanonicalError(f"{text} is not an integer")
