"""Exponential ElGamal: ciphertexts can be added, and only their sum need ever be opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voting.crypto import group

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Ciphertext:
    alpha: bytes
    beta: bytes

    def to_list(self) -> list[str]:
        return [self.alpha.hex(), self.beta.hex()]


NOTHING = Ciphertext(group.IDENTITY, group.IDENTITY)


def from_list(value: Any, *, identity: bool = False) -> Ciphertext:
    if not isinstance(value, list) or len(value) != 2:
        raise group.GroupError("not a ciphertext")
    return Ciphertext(
        group.point_from_hex(value[0], identity=identity),
        group.point_from_hex(value[1], identity=identity),
    )


def encrypt(message: int, randomness: int, public_key: bytes) -> Ciphertext:
    mask = group.multiply(randomness, public_key)
    beta = group.add(group.base(message), mask) if message else mask
    return Ciphertext(group.base(randomness), beta)


def add(left: Ciphertext, right: Ciphertext) -> Ciphertext:
    return Ciphertext(group.add(left.alpha, right.alpha), group.add(left.beta, right.beta))


def scale(factor: int, ciphertext: Ciphertext) -> Ciphertext:
    return Ciphertext(
        group.multiply(factor, ciphertext.alpha), group.multiply(factor, ciphertext.beta)
    )


def total(ciphertexts: Iterable[Ciphertext]) -> Ciphertext:
    items = list(ciphertexts)
    return Ciphertext(
        group.total(item.alpha for item in items), group.total(item.beta for item in items)
    )
