"""The three kinds of proof. Each check raises Problem if the proof does not hold.

The equations stand in docs/cryptography.md: one-of-several in section 4, Schnorr in section 5,
decryption in section 6. K is the election's public key.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from verifier.group import ORDER, base, challenge, multiply, read_scalar, subtract
from verifier.strict import require

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.group import Ciphertext, Part
    from verifier.strict import Json

base_of_value = lru_cache(maxsize=1024)(base)  # v G for the few values v of an election's contests


def check_schnorr(
    proof: Json, public: bytes, name: str, subject: bytes | str, number: int, *parts: Part
) -> None:
    """The proof [c, z] that somebody knows x with public = x G. Raises Problem.

    `name` is the end of the hash's tag. The statement is `subject` (the election's id or
    fingerprint), `number` (of the trustee, or of events) and the other parts.
    """
    c, z = map(read_scalar, proof)
    commitment = subtract(base(z), multiply(c, public))
    expected = challenge(f"facevote-1/{name}", subject, number, *parts, public, commitment)
    require(expected == c, f"the {name} proof (number {number}) does not hold")


def check_one_of(
    proof: Json,
    values: Sequence[int],
    ciphertext: Ciphertext,
    *,
    key: bytes,
    name: str,
    statement: tuple[bytes, str, int],
) -> None:
    """The proof [c1, z1, c2, z2 …] that the ciphertext encrypts one of the values. Raises Problem.

    `key` is K, `name` the end of the hash's tag. The statement is the ballot's context, the
    contest's id and the position.
    """
    numbers = [read_scalar(item) for item in proof]
    alpha, beta = ciphertext
    commitments: list[bytes] = []
    for v, c, z in zip(values, numbers[::2], numbers[1::2], strict=True):
        rest = subtract(beta, base_of_value(v)) if v else beta
        commitments.append(subtract(base(z), multiply(c, alpha)))
        commitments.append(subtract(multiply(z, key), multiply(c, rest)))
    expected = challenge(f"facevote-1/{name}", *statement, *ciphertext, *commitments)
    place = f"contest {statement[1]}, position {statement[2]}"
    holds = sum(numbers[::2]) % ORDER == expected
    require(holds, f"{place}: the {name} proof does not hold")


def holds_decryption(
    proof: Json,
    point: bytes,
    ciphertext: Ciphertext,
    *,
    verification_key: bytes,
    statement: Sequence[Part],
) -> bool:
    """Whether [c, z] proves that `point` = x alpha for the x with verification_key = x G.

    The verification key must be the last part of the statement. Raises Problem for a malformed
    scalar, and ValueError unless there are two of them.
    """
    c, z = map(read_scalar, proof)
    first = subtract(base(z), multiply(c, verification_key))
    second = subtract(multiply(z, ciphertext[0]), multiply(c, point))
    return c == challenge("facevote-1/decryption", *statement, *ciphertext, point, first, second)
