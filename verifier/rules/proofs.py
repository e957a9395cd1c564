"""The three kinds of proof. Each check raises Problem if the proof does not hold.

The equations stand in docs/cryptography.md: signatures in section 1, one-of-several in section 4,
decryption in section 6. K is the election's public key.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from verifier.rules.group import (
    ORDER,
    base,
    challenge,
    multiply,
    random_scalar,
    read_scalar,
    subtract,
    write_scalar,
)
from verifier.rules.strict import items, require

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.rules.group import Ciphertext, Part
    from verifier.rules.strict import Json

base_of_value = lru_cache(maxsize=1024)(base)  # v G for the few values v of an election's contests


def check_signature(signature: Json, public: bytes, tag: str, *parts: Part) -> None:
    """The signature [c, z] of these parts under the point `public`. Raises Problem."""
    c, z = map(read_scalar, items(signature, 2, 2))
    expected = challenge(tag, *parts, public, subtract(base(z), multiply(c, public)))
    require(expected == c, f"the signature {tag} does not hold")


def sign(secret: int, tag: str, *parts: Part) -> list[str]:
    """The signature [c, z] of these parts under the point secret G."""
    nonce = random_scalar()
    c = challenge(tag, *parts, base(secret), base(nonce))
    return [write_scalar(c), write_scalar(nonce + c * secret)]


def check_one_of(
    proof: Json,
    values: Sequence[int],
    ciphertext: Ciphertext,
    *,
    key: bytes,
    tag: str,
    statement: tuple[bytes, str, int],
) -> None:
    """The proof [c1, z1, c2, z2 …] that the ciphertext encrypts one of the values. Raises Problem.

    `key` is K. The statement is the ballot's context, the contest's id and the position.
    """
    numbers = [read_scalar(item) for item in proof]
    alpha, beta = ciphertext
    commitments: list[bytes] = []
    for v, c, z in zip(values, numbers[::2], numbers[1::2], strict=True):
        rest = subtract(beta, base_of_value(v)) if v else beta
        commitments.append(subtract(base(z), multiply(c, alpha)))
        commitments.append(subtract(multiply(z, key), multiply(c, rest)))
    expected = challenge(tag, *statement, *ciphertext, *commitments)
    place = f"contest {statement[1]}, position {statement[2]}"
    holds = sum(numbers[::2]) % ORDER == expected
    require(holds, f"{place}: the proof {tag} does not hold")


def holds_decryption(
    proof: Json,
    point: bytes,
    ciphertext: Ciphertext,
    *,
    verification_key: bytes,
    statement: Sequence[Part],
) -> bool:
    """Whether [c, z] proves that `point` = x alpha for the x with verification_key = x G.

    The statement begins with the tag and ends with the verification key. Raises Problem for a
    malformed scalar, and unless there are two of them.
    """
    c, z = map(read_scalar, items(proof, 2, 2))
    first = subtract(base(z), multiply(c, verification_key))
    second = subtract(multiply(z, ciphertext[0]), multiply(c, point))
    return c == challenge(*statement, *ciphertext, point, first, second)


def prove_decryption(secret: int, ciphertext: Ciphertext, statement: Sequence[Part]) -> list[str]:
    """The point secret alpha and its proof [c, z], as `holds_decryption` checks it."""
    alpha, nonce = ciphertext[0], random_scalar()
    point = multiply(secret, alpha)
    c = challenge(*statement, *ciphertext, point, base(nonce), multiply(nonce, alpha))
    return [point.hex(), write_scalar(c), write_scalar(nonce + c * secret)]
