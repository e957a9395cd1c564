"""Zero-knowledge proofs by strong Fiat-Shamir; the equations are those of docs/cryptography.md.

Every proof is challenge and response: the verifier computes the commitments from them and asks
whether they hash to the challenge.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from voting.crypto import group
from voting.crypto.group import ORDER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voting.crypto.elgamal import Ciphertext


@dataclass(frozen=True, slots=True)
class Statement:
    """What a hash covers besides the commitments: a domain tag and everything public."""

    tag: str
    parts: tuple[bytes | str, ...]

    def challenge(self, *commitments: bytes) -> int:
        return group.hash_to_scalar(self.tag, *self.parts, *commitments)


@dataclass(frozen=True, slots=True)
class Proof:
    challenge: int
    response: int

    def to_list(self) -> list[str]:
        return [group.scalar_to_hex(self.challenge), group.scalar_to_hex(self.response)]

    @staticmethod
    def from_list(value: Any) -> Proof:
        if not isinstance(value, list) or len(value) != 2:
            raise group.GroupError("not a proof")
        return Proof(group.scalar_from_hex(value[0]), group.scalar_from_hex(value[1]))


def prove_possession(secret: int, statement: Statement) -> Proof:
    """Schnorr: I know x with X = x G. The statement must end with X."""
    nonce = group.random_scalar()
    challenge = statement.challenge(group.base(nonce))
    return Proof(challenge, (nonce + challenge * secret) % ORDER)


def holds_possession(proof: Proof, public: bytes, statement: Statement) -> bool:
    commitment = group.subtract(group.base(proof.response), group.multiply(proof.challenge, public))
    return statement.challenge(commitment) == proof.challenge


def prove_equality(secret: int, second_base: bytes, statement: Statement) -> Proof:
    """Chaum-Pedersen: one x with X = x G and Y = x second_base."""
    nonce = group.random_scalar()
    challenge = statement.challenge(group.base(nonce), group.multiply(nonce, second_base))
    return Proof(challenge, (nonce + challenge * secret) % ORDER)


def holds_equality(
    proof: Proof, *, public: bytes, second_base: bytes, second: bytes, statement: Statement
) -> bool:
    first_commitment = group.subtract(
        group.base(proof.response), group.multiply(proof.challenge, public)
    )
    second_commitment = group.subtract(
        group.multiply(proof.response, second_base), group.multiply(proof.challenge, second)
    )
    return statement.challenge(first_commitment, second_commitment) == proof.challenge


@dataclass(frozen=True, slots=True)
class Disjunction:
    """That a ciphertext encrypts one of several values, one branch a value."""

    branches: tuple[Proof, ...]

    def to_list(self) -> list[str]:
        return [text for branch in self.branches for text in branch.to_list()]

    @staticmethod
    def from_list(value: Any, size: int) -> Disjunction:
        if not isinstance(value, list) or len(value) != 2 * size:
            raise group.GroupError("not a proof of this many values")
        pairs = zip(value[::2], value[1::2], strict=True)
        return Disjunction(tuple(Proof.from_list(list(pair)) for pair in pairs))


def prove_one_of(
    values: Sequence[int],
    actual: int,
    *,
    randomness: int,
    public_key: bytes,
    statement: Statement,
) -> Disjunction:
    """The branches of the other values are simulated: their challenge is drawn beforehand.

    Who knows r and m can do so without (A, B): with z = u + c r, a = z G - c A = u G and
    b = z K - c (B - v G) = u K + c (v - m) G.
    """
    nonces = [group.random_scalar() for _ in values]
    challenges = [0 if value == actual else secrets.randbelow(ORDER) for value in values]
    commitments: list[bytes] = []
    for value, nonce, challenge in zip(values, nonces, challenges, strict=True):
        shift = group.base(challenge * (value - actual))
        mask = group.multiply(nonce, public_key)
        commitments += (group.base(nonce), group.add(mask, shift))
    own = (statement.challenge(*commitments) - sum(challenges)) % ORDER
    challenges[values.index(actual)] = own
    return Disjunction(
        tuple(
            Proof(challenge, (nonce + challenge * randomness) % ORDER)
            for nonce, challenge in zip(nonces, challenges, strict=True)
        )
    )


def holds_one_of(
    proof: Disjunction,
    values: Sequence[int],
    *,
    ciphertext: Ciphertext,
    public_key: bytes,
    statement: Statement,
) -> bool:
    if len(proof.branches) != len(values):
        return False
    commitments: list[bytes] = []
    for value, branch in zip(values, proof.branches, strict=True):
        commitments += _commitments(value, branch, ciphertext, public_key)
    challenges = sum(branch.challenge for branch in proof.branches) % ORDER
    return statement.challenge(*commitments) == challenges


def _commitments(
    value: int, branch: Proof, ciphertext: Ciphertext, public_key: bytes
) -> tuple[bytes, bytes]:
    """a = z G - c A and b = z K - c (B - v G)."""
    challenge, response = branch.challenge, branch.response
    rest = group.subtract(ciphertext.beta, _small(value)) if value else ciphertext.beta
    return (
        group.subtract(group.base(response), group.multiply(challenge, ciphertext.alpha)),
        group.subtract(group.multiply(response, public_key), group.multiply(challenge, rest)),
    )


@lru_cache(maxsize=1024)
def _small(value: int) -> bytes:
    return group.base(value)
