"""One ballot: its form, its tracker, its proofs and signatures. docs/cryptography.md, section 4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.rules.group import digest, multiply, read_point, total
from verifier.rules.proofs import check_one_of, check_signature
from verifier.rules.strict import dump, items, keys, require, sha, sha256

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from verifier.rules.contest import Contest
    from verifier.rules.group import Ciphertext, Part
    from verifier.rules.manifest import Manifest, Rows
    from verifier.rules.strict import Json

    Combine = Callable[[bytes, bytes], bytes]


def read_ballot(manifest: Manifest, value: Json) -> Json:
    """The ballot, if it is made for this election; else raises Problem."""
    own = " signatures" if manifest.number == 2 else ""
    ballot = keys(value, f"contests credential election format{own}")
    expected = (f"facevote-ballot-{manifest.number}", manifest.fingerprint)
    require((ballot["format"], ballot["election"]) == expected, "made for another election")
    return ballot


def tracker_of(manifest: Manifest, ballot: Json) -> str:
    """What names the ballot: in format 2 its ciphertexts, in format 1 all of it."""
    if manifest.number == 1:
        return sha256(dump(ballot))
    rows = [(answer["id"], answer["ciphertexts"]) for answer in ballot["contests"]]
    return ciphertexts_tracker(manifest, ballot["credential"], rows)


def ciphertexts_tracker(
    manifest: Manifest, credential: str, rows: Sequence[tuple[str, Json]]
) -> str:
    """The tracker in format 2 of these contests' ids and ciphertexts."""
    contests = [{"ciphertexts": ciphertexts, "id": contest} for contest, ciphertexts in rows]
    names = {"contests": contests, "credential": credential, "election": manifest.fingerprint}
    return sha256(dump({**names, "format": "facevote-tracker-2"}))


def check_ballot(
    manifest: Manifest, ballot: Json, asked: Sequence[int], points: Sequence[str]
) -> list[list[Ciphertext]]:
    """The ciphertexts of a ballot whose proofs and signatures all hold.

    `asked` are the indexes of its contests, `points` the voter's points of the registrars. Raises
    Problem or another of FAULTS.
    """
    contests = [manifest.contests[index] for index in asked]
    rows: list[list[Ciphertext]] = []
    parts: list[Part] = [manifest.fingerprint_bytes, manifest.key.public, manifest.board_key]
    parts.append(ballot["credential"])
    for contest, answer in zip(contests, ballot["contests"], strict=True):
        row = read_ciphertexts(contest, answer)
        parts += [contest.id, *(point for ciphertext in row for point in ciphertext)]
        rows.append(row)
    context = digest(manifest.tag("ballot"), *parts)
    for contest, answer, row in zip(contests, ballot["contests"], rows, strict=True):
        _check_answer(manifest, contest, answer, row, context)
    if manifest.number == 2:
        _check_signatures(manifest, ballot, context, points)
    return rows


def read_ciphertexts(contest: Contest, answer: Json) -> list[Ciphertext]:
    """The ciphertexts of one contest; Problem if they are not those of this contest."""
    keys(answer, "ciphertexts id proofs sum")
    require(answer["id"] == contest.id, "the contests are not those of the voter")
    size = len(contest.weights)
    pairs = [items(pair, 2, 2) for pair in items(answer["ciphertexts"], size, size)]
    return [(read_point(alpha), read_point(beta)) for alpha, beta in pairs]


def weighted_sum(weights: list[int], row: list[Ciphertext]) -> Ciphertext:
    """The sum of the ciphertexts of a contest, each times its weight."""
    pairs = list(zip(weights, row, strict=True))
    alpha = total(a if weight == 1 else multiply(weight, a) for weight, (a, _b) in pairs)
    beta = total(b if weight == 1 else multiply(weight, b) for weight, (_a, b) in pairs)
    return alpha, beta


def fold(sums: Rows, asked: Sequence[int], rows: Rows, combine: Combine) -> None:
    """Add the ciphertexts of these contests to the sums, or whatever else `combine` does.

    Raises ValueError if they have different shapes.
    """
    for index, row in zip(asked, rows, strict=True):
        pairs = zip(sums[index], row, strict=True)
        sums[index] = [(combine(a, c), combine(b, d)) for (a, b), (c, d) in pairs]


def _check_answer(
    manifest: Manifest, contest: Contest, answer: Json, row: list[Ciphertext], context: bytes
) -> None:
    """Every ciphertext is a bit, and their weighted sum is an allowed value."""
    key = manifest.key.public
    rows = zip(row, items(answer["proofs"], len(row), len(row)), strict=True)
    for position, (ciphertext, proof) in enumerate(rows):
        statement = (context, contest.id, position)
        bits = items(proof, 4, 4)
        tag = manifest.tag("selection")
        check_one_of(bits, (0, 1), ciphertext, key=key, tag=tag, statement=statement)
    count = 2 * len(contest.allowed)
    check_one_of(
        items(answer["sum"], count, count),
        contest.allowed,
        weighted_sum(contest.weights, row),
        key=key,
        tag=manifest.tag("sum"),
        statement=(context, contest.id, len(row)),
    )


def _check_signatures(
    manifest: Manifest, ballot: Json, context: bytes, points: Sequence[str]
) -> None:
    """One signature for each registrar, under the voter's point."""
    signed = sha({**ballot, "signatures": []})
    rows = items(ballot["signatures"], len(points), len(points))
    for point, signature in zip(points, rows, strict=True):
        tag = manifest.tag("ballot-signature")
        check_signature(signature, bytes.fromhex(point), tag, context, signed)
