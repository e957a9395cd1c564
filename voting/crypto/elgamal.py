"""Exponential ElGamal: ciphertexts can be added, so that only their sum has to be decrypted.

R. Cramer, R. Gennaro, B. Schoenmakers, "A Secure and Optimally Efficient Multi-Authority Election
Scheme" (EUROCRYPT 1997). docs/cryptography.md, sections 4 and 6. Points and scalars: group.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voting.crypto import group

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Ciphertext:
    """The points alpha = r G and beta = m G + r K of a message m under the public key K."""

    alpha: bytes
    beta: bytes

    def to_list(self) -> list[str]:
        """Both points in hexadecimal, alpha first."""
        return [self.alpha.hex(), self.beta.hex()]


# The sum of no ciphertexts. It encrypts 0 with the randomness 0, so it hides nothing.
NOTHING = Ciphertext(group.IDENTITY, group.IDENTITY)


def from_list(value: Any, *, identity: bool = False) -> Ciphertext:
    """The ciphertext that `Ciphertext.to_list` wrote.

    Raises GroupError for everything else. `identity` allows the identity, which only sums contain.
    """
    if not isinstance(value, list) or len(value) != 2:
        raise group.GroupError("not a ciphertext")
    return Ciphertext(
        group.point_from_hex(value[0], identity=identity),
        group.point_from_hex(value[1], identity=identity),
    )


def encrypt(message: int, randomness: int, public_key: bytes) -> Ciphertext:
    """Encrypt a small integer with the scalar `randomness` under the point `public_key`."""
    mask = group.multiply(randomness, public_key)
    beta = group.add(group.base(message), mask) if message else mask
    return Ciphertext(group.base(randomness), beta)


def add(left: Ciphertext, right: Ciphertext) -> Ciphertext:
    """A ciphertext of the sum of both messages."""
    return Ciphertext(group.add(left.alpha, right.alpha), group.add(left.beta, right.beta))


def scale(factor: int, ciphertext: Ciphertext) -> Ciphertext:
    """A ciphertext of `factor` times the message."""
    return Ciphertext(
        group.multiply(factor, ciphertext.alpha), group.multiply(factor, ciphertext.beta)
    )


def total(ciphertexts: Iterable[Ciphertext]) -> Ciphertext:
    """A ciphertext of the sum of all messages; NOTHING for no ciphertexts."""
    items = list(ciphertexts)
    return Ciphertext(
        group.total(item.alpha for item in items), group.total(item.beta for item in items)
    )
