"""The group ristretto255 (RFC 9496), and hashing to scalars. docs/cryptography.md, section 1.

A point is 32 bytes in the canonical encoding; a scalar is an integer modulo ORDER. G is the
standard generator, and the group is written additively: s G is G added to itself s times.

No other module imports rbcl. Its functions have no types, and they take bytes that are no point
for the identity without any error. So each point is checked once, where it is read
(`point_from_hex`). The operations below do not check their arguments again.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rbcl import rbcl

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ORDER: Final = 2**252 + 27742317777372353535851937790883648493
SIZE: Final = 32
IDENTITY: Final = bytes(SIZE)
GENERATOR: Final = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")

# rbcl writes libsodium into the temporary folder at each start, and would leave it there for ever.
# Once it is loaded, the file is not needed. Windows does not delete a file that is in use.
with contextlib.suppress(OSError):
    Path(rbcl._sodium._name).unlink()

_HEX = re.compile(r"[0-9a-f]{64}")
_SHORT_HEX = re.compile(r"[0-9a-f]{32}")
_multiply = rbcl.crypto_scalarmult_ristretto255
_multiply_base = rbcl.crypto_scalarmult_ristretto255_base
_add = rbcl.crypto_core_ristretto255_add
_subtract = rbcl.crypto_core_ristretto255_sub
_is_valid = rbcl.crypto_core_ristretto255_is_valid_point


class GroupError(ValueError):
    """A point, scalar or digest that is not canonically encoded, or an identity not allowed."""


def is_point(data: bytes) -> bool:
    """Whether `data` is the canonical encoding of a group element, the identity included.

    The highest bit is checked here because libsodium 1.0.18 ignores it and so would accept a
    second encoding of every point.
    """
    return len(data) == SIZE and data[-1] < 0x80 and bool(_is_valid(data))


def point_from_hex(text: object, *, identity: bool = False) -> bytes:
    """The point (32 bytes) of 64 lower-case hexadecimal digits.

    Raises GroupError for everything else, and for the identity unless `identity` allows it.
    """
    data = bytes_from_hex(text)
    if not is_point(data):
        raise GroupError("not a canonical point")
    if not identity and data == IDENTITY:
        raise GroupError("the identity is not allowed here")
    return data


def scalar_from_hex(text: object) -> int:
    """The scalar of 64 lower-case hexadecimal digits, least significant byte first.

    Raises GroupError for everything else, and for values of ORDER or more.
    """
    value = int.from_bytes(bytes_from_hex(text), "little")
    if value >= ORDER:
        raise GroupError("not a canonical scalar")
    return value


def bytes_from_hex(text: object) -> bytes:
    """The 32 bytes of exactly 64 lower-case hexadecimal digits; GroupError for everything else.

    `bytes.fromhex` alone would also accept spaces and capital letters.
    """
    if not isinstance(text, str) or not _HEX.fullmatch(text):
        raise GroupError("not 64 lower-case hexadecimal digits")
    return bytes.fromhex(text)


def short_bytes_from_hex(text: object) -> bytes:
    """The 16 bytes of exactly 32 lower-case hexadecimal digits; GroupError for everything else."""
    if not isinstance(text, str) or not _SHORT_HEX.fullmatch(text):
        raise GroupError("not 32 lower-case hexadecimal digits")
    return bytes.fromhex(text)


def scalar_to_bytes(scalar: int) -> bytes:
    """32 bytes, least significant first, of a scalar that is already reduced modulo ORDER."""
    return scalar.to_bytes(SIZE, "little")


def scalar_to_hex(scalar: int) -> str:
    """`scalar_to_bytes` as 64 lower-case hexadecimal digits."""
    return scalar_to_bytes(scalar).hex()


def random_scalar() -> int:
    """A secret random scalar, uniform in 1 … ORDER - 1, from the operating system."""
    return secrets.randbelow(ORDER - 1) + 1


def base(scalar: int) -> bytes:
    """The point scalar G, for any integer `scalar`."""
    reduced = scalar % ORDER
    if reduced == 0:
        return IDENTITY
    return bytes(_multiply_base(reduced.to_bytes(SIZE, "little")))


def multiply(scalar: int, point: bytes) -> bytes:
    """The point scalar times `point`, for any integer `scalar`.

    libsodium reports an error where the result is the identity, so those cases are handled first.
    """
    reduced = scalar % ORDER
    if reduced == 0 or point == IDENTITY:
        return IDENTITY
    return bytes(_multiply(reduced.to_bytes(SIZE, "little"), point))


def add(left: bytes, right: bytes) -> bytes:
    """The sum of two points."""
    return bytes(_add(left, right))


def subtract(left: bytes, right: bytes) -> bytes:
    """The point `left` minus the point `right`."""
    return bytes(_subtract(left, right))


def total(points: Iterable[bytes]) -> bytes:
    """The sum of any number of points; the identity for none."""
    remaining = iter(points)
    return bytes(reduce(_add, remaining, next(remaining, IDENTITY)))


def evaluate(coefficients: Sequence[bytes], place: int) -> bytes:
    """The value at the integer `place` of a polynomial with points as coefficients.

    The constant term comes first: coefficients[0] + place coefficients[1] + place^2 ….
    """
    value = IDENTITY
    for coefficient in reversed(coefficients):
        value = add(multiply(place, value), coefficient)
    return value


def u64(number: int) -> bytes:
    """`number` as 8 bytes, most significant first; OverflowError unless 0 <= number < 2^64."""
    return number.to_bytes(8, "big")


def digest(tag: str, *parts: bytes | str) -> bytes:
    """D(tag, parts …): the 64 bytes of SHA-512 over the tag and the parts.

    Each of them is preceded by its length in 4 bytes, so no two lists of parts hash alike. Strings
    are encoded as UTF-8.
    """
    pieces: list[bytes] = []
    for part in (tag, *parts):
        data = part.encode() if isinstance(part, str) else part
        pieces += (len(data).to_bytes(4, "big"), data)
    return hashlib.sha512(b"".join(pieces)).digest()


def hash_to_scalar(tag: str, *parts: bytes | str) -> int:
    """H(tag, parts …): `digest` as an integer, least significant byte first, modulo ORDER."""
    return int.from_bytes(digest(tag, *parts), "little") % ORDER
