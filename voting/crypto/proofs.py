"""Non-interactive zero-knowledge proofs: Schnorr, Chaum-Pedersen and one-of-several.

A proof is a challenge and a response. The verifier computes the commitments from them, and checks
that the hash of statement and commitments is the challenge. The hash covers the whole statement
(the strong Fiat-Shamir transform: D. Bernhard, O. Pereira, B. Warinschi, "How Not to Prove
Yourself", ASIACRYPT 2012). docs/cryptography.md has the equations: section 4 for one-of-several,
section 5 for Schnorr, sections 5 and 6 for Chaum-Pedersen. Points and scalars: group.py.
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
    """What a challenge covers besides the commitments: a domain tag and every public value."""

    tag: str
    parts: tuple[bytes | str, ...]

    def challenge(self, *commitments: bytes) -> int:
        """The hash of tag, parts and commitments (points), as a scalar."""
        return group.hash_to_scalar(self.tag, *self.parts, *commitments)


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof with one challenge c and one response z, both scalars."""

    challenge: int
    response: int

    def to_list(self) -> list[str]:
        """Both scalars in hexadecimal, the challenge first."""
        return [group.scalar_to_hex(self.challenge), group.scalar_to_hex(self.response)]

    @staticmethod
    def from_list(value: Any) -> Proof:
        """The proof that `to_list` wrote; GroupError for everything else."""
        if not isinstance(value, list) or len(value) != 2:
            raise group.GroupError("not a proof")
        return Proof(group.scalar_from_hex(value[0]), group.scalar_from_hex(value[1]))


def prove_possession(secret: int, statement: Statement) -> Proof:
    """A Schnorr proof (1991) that the prover knows `secret` = x with X = x G.

    The last part of `statement` must be the point X.
    """
    nonce = group.random_scalar()
    challenge = statement.challenge(group.base(nonce))
    return Proof(challenge, (nonce + challenge * secret) % ORDER)


def holds_possession(proof: Proof, public: bytes, statement: Statement) -> bool:
    """Whether a Schnorr proof holds for the point `public` = X."""
    commitment = group.subtract(group.base(proof.response), group.multiply(proof.challenge, public))
    return statement.challenge(commitment) == proof.challenge


def prove_equality(secret: int, second_base: bytes, statement: Statement) -> Proof:
    """A Chaum-Pedersen proof (CRYPTO 1992): one `secret` x has X = x G and Y = x second_base.

    `statement` must contain the points X, Y and second_base.
    """
    nonce = group.random_scalar()
    challenge = statement.challenge(group.base(nonce), group.multiply(nonce, second_base))
    return Proof(challenge, (nonce + challenge * secret) % ORDER)


def holds_equality(
    proof: Proof, *, public: bytes, second_base: bytes, second: bytes, statement: Statement
) -> bool:
    """Whether a Chaum-Pedersen proof holds for the points `public` = X and `second` = Y."""
    first_commitment = group.subtract(
        group.base(proof.response), group.multiply(proof.challenge, public)
    )
    second_commitment = group.subtract(
        group.multiply(proof.response, second_base), group.multiply(proof.challenge, second)
    )
    return statement.challenge(first_commitment, second_commitment) == proof.challenge


@dataclass(frozen=True, slots=True)
class Disjunction:
    """A proof that a ciphertext encrypts one of several values. It has one branch per value."""

    branches: tuple[Proof, ...]

    def to_list(self) -> list[str]:
        """Challenge and response of every branch, in hexadecimal: c1, z1, c2, z2 …."""
        return [text for branch in self.branches for text in branch.to_list()]

    @staticmethod
    def from_list(value: Any, size: int) -> Disjunction:
        """The proof with `size` branches that `to_list` wrote; GroupError for everything else."""
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
    """Prove that the ciphertext of `actual` under `randomness` encrypts one of `values`.

    R. Cramer, I. Damgård, B. Schoenmakers, "Proofs of Partial Knowledge" (CRYPTO 1994). The
    branches of the other values are simulated: their challenges are drawn at random beforehand.
    The prover knows the randomness r and the value m, so it needs no ciphertext (A, B) for this:
    with z = u + c r, a = z G - c A = u G, and b = z K - c (B - v G) = u K + c (v - m) G.

    Raises ValueError if `actual` is not one of `values`.
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
    """Whether the proof holds: `ciphertext` encrypts one of `values` under `public_key`."""
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
    """The commitments of one branch: a = z G - c A and b = z K - c (B - v G)."""
    challenge, response = branch.challenge, branch.response
    rest = group.subtract(ciphertext.beta, _small(value)) if value else ciphertext.beta
    return (
        group.subtract(group.base(response), group.multiply(challenge, ciphertext.alpha)),
        group.subtract(group.multiply(response, public_key), group.multiply(challenge, rest)),
    )


# Every ballot of an election needs v G for the same few values v.
@lru_cache(maxsize=1024)
def _small(value: int) -> bytes:
    return group.base(value)
