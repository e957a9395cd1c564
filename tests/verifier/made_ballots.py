"""Ballots for a test election, made as section 4 of docs/cryptography.md says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.rules.group import (
    ORDER,
    add,
    base,
    challenge,
    digest,
    multiply,
    random_scalar,
    total,
    write_scalar,
)
from verifier.rules.proofs import sign
from verifier.rules.strict import dump, sha, sha256

if TYPE_CHECKING:
    from tests.verifier.shapes import Json, Voter
    from verifier.rules.group import Part


def make_ballot(manifest: Json, voter: Voter, selections: dict[str, str]) -> Json:
    """A ballot of this voter, made as section 4 says."""
    fingerprint = sha256(dump(manifest))
    public, board_key = bytes.fromhex(manifest["key"]["public_key"]), manifest["board_key"]
    parts: list[Part] = [bytes.fromhex(fingerprint), public, bytes.fromhex(board_key)]
    parts.append(voter.credential)
    contests, made = [], []
    for one in manifest["contests"]:
        if one["id"] in selections:
            bits = [int(digit) for digit in selections[one["id"]]]
            randomness = [random_scalar() for _ in bits]
            row = [encrypt(b, r, public) for b, r in zip(bits, randomness, strict=True)]
            parts += [one["id"], *(point for pair in row for point in pair)]
            made.append((one, bits, randomness, row))
    context = digest("facevote-2/ballot", *parts)
    for one, bits, randomness, row in made:
        contests.append(_answer(public, one, bits, randomness, row, context))
    ballot = {
        "contests": contests,
        "credential": voter.credential,
        "election": fingerprint,
        "format": "facevote-ballot-2",
        "signatures": [],
    }
    signed = sha(ballot)
    tag = "facevote-2/ballot-signature"
    ballot["signatures"] = [sign(secret, tag, context, signed) for secret in voter.secrets]
    return ballot


def tracker_of(ballot: Json) -> str:
    """The tracker of a ballot, in format 2."""
    rows = [{"ciphertexts": a["ciphertexts"], "id": a["id"]} for a in ballot["contests"]]
    names = {"contests": rows, "credential": ballot["credential"], "election": ballot["election"]}
    return sha256(dump(names | {"format": "facevote-tracker-2"}))


def encrypt(bit: int, randomness: int, public: bytes) -> tuple[bytes, bytes]:
    return base(randomness), add(base(bit), multiply(randomness, public))


def _answer(
    public: bytes,
    one: Json,
    bits: list[int],
    randomness: list[int],
    row: list[tuple[bytes, bytes]],
    context: bytes,
) -> Json:
    size = len(one["choices"])
    blank = [size + 1] if one["blank"] else []
    weights = [1] * size + blank
    proofs = [
        _one_of(public, "selection", (context, one["id"], n), row[n], randomness[n], [0, 1], bit)
        for n, bit in enumerate(bits)
    ]
    pair = tuple(
        total(multiply(w, pair[side]) for w, pair in zip(weights, row, strict=True))
        for side in (0, 1)
    )
    value = sum(w * bit for w, bit in zip(weights, bits, strict=True))
    randomness_sum = sum(w * r for w, r in zip(weights, randomness, strict=True))
    allowed = [*range(one["min"], one["max"] + 1), *blank]
    place = (context, one["id"], len(row))
    sum_proof = _one_of(public, "sum", place, (pair[0], pair[1]), randomness_sum, allowed, value)
    hexed = [[a.hex(), b.hex()] for a, b in row]
    return {"ciphertexts": hexed, "id": one["id"], "proofs": proofs, "sum": sum_proof}


def _one_of(
    public: bytes,
    name: str,
    place: tuple[bytes, str, int],
    pair: tuple[bytes, bytes],
    randomness: int,
    values: list[int],
    value: int,
) -> list[str]:
    """The disjunctive proof; one that does not hold if `value` is none of the values."""
    at = values.index(value) if value in values else 0
    nonces = [random_scalar() for _ in values]
    challenges = [0 if n == at else random_scalar() for n in range(len(values))]
    points: list[bytes] = []
    for n, (u, c) in enumerate(zip(nonces, challenges, strict=True)):
        shift = base(0 if n == at else c * (values[n] - value))
        points += [base(u), add(multiply(u, public), shift)]
    whole = challenge(f"facevote-2/{name}", *place, *pair, *points)
    challenges[at] = (whole - sum(challenges)) % ORDER
    numbers: list[str] = []
    for u, c in zip(nonces, challenges, strict=True):
        numbers += [write_scalar(c), write_scalar(u + c * randomness)]
    return numbers
