"""The group ristretto255: points are 32 canonical bytes, scalars are integers modulo ORDER.

The only module that knows rbcl, whose functions are untyped and answer an undecodable point with
the identity, silently. So a point is checked once, where it enters (`point_from_hex`), and every
operation here may take its arguments as members of the group.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from functools import reduce
from typing import TYPE_CHECKING, Final

from rbcl import rbcl

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ORDER: Final = 2**252 + 27742317777372353535851937790883648493
SIZE: Final = 32
IDENTITY: Final = bytes(SIZE)
GENERATOR: Final = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")

_HEX = re.compile(r"[0-9a-f]{64}")
_multiply = rbcl.crypto_scalarmult_ristretto255
_multiply_base = rbcl.crypto_scalarmult_ristretto255_base
_add = rbcl.crypto_core_ristretto255_add
_subtract = rbcl.crypto_core_ristretto255_sub
_is_valid = rbcl.crypto_core_ristretto255_is_valid_point


class GroupError(ValueError):
    """An encoding that is not canonical, or an identity where none may be."""


def is_point(data: bytes) -> bool:
    """Whether these are the canonical bytes of a group element, the identity included.

    libsodium 1.0.18 ignores the highest bit, which gives every point a second encoding.
    """
    return len(data) == SIZE and data[-1] < 0x80 and bool(_is_valid(data))


def point_from_hex(text: object, *, identity: bool = False) -> bytes:
    data = bytes_from_hex(text)
    if not is_point(data):
        raise GroupError("not a canonical point")
    if not identity and data == IDENTITY:
        raise GroupError("the identity is not allowed here")
    return data


def scalar_from_hex(text: object) -> int:
    value = int.from_bytes(bytes_from_hex(text), "little")
    if value >= ORDER:
        raise GroupError("not a canonical scalar")
    return value


def bytes_from_hex(text: object) -> bytes:
    """32 bytes from exactly 64 lower-case digits; `bytes.fromhex` alone would allow spaces."""
    if not isinstance(text, str) or not _HEX.fullmatch(text):
        raise GroupError("not 64 lower-case hexadecimal digits")
    return bytes.fromhex(text)


def scalar_to_bytes(scalar: int) -> bytes:
    return scalar.to_bytes(SIZE, "little")


def scalar_to_hex(scalar: int) -> str:
    return scalar_to_bytes(scalar).hex()


def random_scalar() -> int:
    """Uniform in 1 … ORDER - 1."""
    return secrets.randbelow(ORDER - 1) + 1


def base(scalar: int) -> bytes:
    """scalar G"""
    reduced = scalar % ORDER
    if reduced == 0:
        return IDENTITY
    return bytes(_multiply_base(reduced.to_bytes(SIZE, "little")))


def multiply(scalar: int, point: bytes) -> bytes:
    """scalar point. libsodium refuses to give the identity, so those cases are answered here."""
    reduced = scalar % ORDER
    if reduced == 0 or point == IDENTITY:
        return IDENTITY
    return bytes(_multiply(reduced.to_bytes(SIZE, "little"), point))


def add(left: bytes, right: bytes) -> bytes:
    return bytes(_add(left, right))


def subtract(left: bytes, right: bytes) -> bytes:
    return bytes(_subtract(left, right))


def total(points: Iterable[bytes]) -> bytes:
    remaining = iter(points)
    return bytes(reduce(_add, remaining, next(remaining, IDENTITY)))


def evaluate(coefficients: Sequence[bytes], place: int) -> bytes:
    """The polynomial with these points as coefficients, constant first, at an integer."""
    value = IDENTITY
    for coefficient in reversed(coefficients):
        value = add(multiply(place, value), coefficient)
    return value


def u64(number: int) -> bytes:
    return number.to_bytes(8, "big")


def digest(tag: str, *parts: bytes | str) -> bytes:
    """SHA-512 over the tag and the parts, each with its length before it."""
    pieces: list[bytes] = []
    for part in (tag, *parts):
        data = part.encode() if isinstance(part, str) else part
        pieces += (len(data).to_bytes(4, "big"), data)
    return hashlib.sha512(b"".join(pieces)).digest()


def hash_to_scalar(tag: str, *parts: bytes | str) -> int:
    return int.from_bytes(digest(tag, *parts), "little") % ORDER
