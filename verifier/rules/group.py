"""The group ristretto255, its scalars, and hashing. docs/cryptography.md, section 1.

A point is 32 bytes in its canonical encoding; a scalar is an integer modulo ORDER. A point is
checked once, where it is read: rbcl does not report bytes that are no point.
"""

from __future__ import annotations

import hashlib
import secrets
from functools import reduce
from math import prod
from typing import TYPE_CHECKING

from rbcl import rbcl

from verifier.rules.strict import HEX, require, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from verifier.rules.strict import Json

Ciphertext = tuple[bytes, bytes]  # alpha and beta
Part = bytes | str | int  # what a hash covers; an integer stands for u64 of the document

ORDER = 2**252 + 27742317777372353535851937790883648493
IDENTITY = bytes(32)
POINT = r"[0-9a-f]{62}[0-7][0-9a-f]"  # libsodium 1.0.18 ignores the highest bit

add: Callable[[bytes, bytes], bytes] = rbcl.crypto_core_ristretto255_add
subtract: Callable[[bytes, bytes], bytes] = rbcl.crypto_core_ristretto255_sub


def base(scalar: int) -> bytes:
    """The point scalar G, for any integer."""
    data = (scalar % ORDER).to_bytes(32, "little")
    return bytes(rbcl.crypto_scalarmult_ristretto255_base(data)) if any(data) else IDENTITY


def multiply(scalar: int, point: bytes) -> bytes:
    """The point scalar times `point`, for any integer."""
    data = (scalar % ORDER).to_bytes(32, "little")
    if point == IDENTITY or not any(data):
        return IDENTITY
    return bytes(rbcl.crypto_scalarmult_ristretto255(data, point))


def total(points: Iterable[bytes]) -> bytes:
    """The sum of one point or more; TypeError for none."""
    return reduce(add, points)


def at(index: int, commitments: list[bytes]) -> bytes:
    """The point of a polynomial, given by the points of its coefficients, at `index`."""
    return total(multiply(index**degree, point) for degree, point in enumerate(commitments))


def read_point(value: Json, *, identity: bool = False) -> bytes:
    """The point of 64 hexadecimal digits. Raises Problem for everything else.

    The identity is a Problem too, unless `identity` allows it.
    """
    data = bytes.fromhex(text(value, POINT))
    require(rbcl.crypto_core_ristretto255_is_valid_point(data), "not a canonical point")
    require(identity or data != IDENTITY, "the identity where it must not be")
    return data


def read_scalar(value: Json) -> int:
    """The scalar of 64 hexadecimal digits, least significant byte first; else raises Problem."""
    number = int.from_bytes(bytes.fromhex(text(value, HEX)), "little")
    require(number < ORDER, "not a canonical scalar")
    return number


def write_scalar(scalar: int) -> str:
    """The 64 hexadecimal digits that `read_scalar` reads, of any integer."""
    return (scalar % ORDER).to_bytes(32, "little").hex()


def random_scalar() -> int:
    """A secret scalar, not 0."""
    return 1 + secrets.randbelow(ORDER - 1)


def digest(*parts: Part) -> bytes:
    """D of the document: SHA-512 over the parts, each with its length before it."""
    data = [part.encode() if isinstance(part, str) else part for part in parts]
    pieces = [item.to_bytes(8, "big") if isinstance(item, int) else item for item in data]
    return hashlib.sha512(b"".join(len(x).to_bytes(4, "big") + x for x in pieces)).digest()


def challenge(*parts: Part) -> int:
    """H of the document: the digest as a scalar."""
    return int.from_bytes(digest(*parts), "little") % ORDER


def lagrange(index: int, indexes: list[int]) -> int:
    """The Lagrange coefficient at 0 of one trustee among these different ones (section 6)."""
    others = [other for other in indexes if other != index]
    return prod(others) * pow(prod(other - index for other in others), -1, ORDER)
