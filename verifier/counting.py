"""The encrypted sums, their decryption by the trustees, and the result.

docs/cryptography.md, section 6. Everything here raises Problem or another of FAULTS if an event
does not hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier import proofs
from verifier.group import base, lagrange, multiply, read_point, subtract, total
from verifier.strict import MAX_NUMBER, keys, require, whole

if TYPE_CHECKING:
    from collections.abc import Container

    from verifier.group import Ciphertext
    from verifier.manifest import Manifest, Rows
    from verifier.strict import Json

    Shares = list[list[bytes]]  # one trustee's point for each contest and position


def require_counted(value: Json, counted: int) -> None:
    """Raise Problem unless `value` is the number of voters who have cast a ballot."""
    require(whole(value, 0, MAX_NUMBER) == counted, "a wrong number of ballots")


def read_sums(manifest: Manifest, body: Json) -> Rows:
    """The ciphertexts of a `tally` event. Raises Problem if it has other contests or no points."""
    return [
        [(read_point(a, identity=True), read_point(b, identity=True)) for a, b in row]
        for row in _answers(manifest, body, "contests counted", "sums")
    ]


def read_shares(
    manifest: Manifest, body: Json, sums: Rows, decrypted: Container[int]
) -> tuple[int, Shares]:
    """The trustee of a `decryption` event, and its shares. Raises Problem if a proof fails.

    Raises Problem too if the trustee is among those who have `decrypted` before.
    """
    rows = _answers(manifest, body, "contests trustee", "shares")
    trustee = whole(body["trustee"], 1, len(manifest.trustees))
    require(trustee not in decrypted, f"trustee {trustee} decrypts twice")
    shares: Shares = []
    for contest, row, ciphertexts in zip(manifest.contests, rows, sums, strict=True):
        pairs = zip(row, ciphertexts, strict=True)
        shares.append(
            [
                _read_share(manifest, (contest.id, position, trustee), share, ciphertext)
                for position, (share, ciphertext) in enumerate(pairs)
            ]
        )
    return trustee, shares


def check_result(
    manifest: Manifest, body: Json, sums: Rows, shares: dict[int, Shares], counted: int
) -> None:
    """Raise Problem unless the numbers of a `result` event are what the sums decrypt to.

    `shares` are those of all trustees who have decrypted, `counted` the number of counted ballots.
    """
    chosen = keys(body, "contests counted trustees")["trustees"]
    require(len(set(chosen)) == len(chosen) == manifest.threshold, "not k trustees")
    known = all(whole(trustee, 1, MAX_NUMBER) in shares for trustee in chosen)
    require(known, "not all have decrypted")
    require_counted(body["counted"], counted)
    weights = {trustee: lagrange(trustee, chosen) for trustee in chosen}
    answers = zip(manifest.contests, body["contests"], sums, strict=True)
    for index, (contest, answer, row) in enumerate(answers):
        right = keys(answer, "blank counts id")["id"] == contest.id
        require(right and contest.blank == (answer["blank"] is not None), "a wrong contest")
        numbers = answer["counts"] + ([answer["blank"]] if contest.blank else [])
        for position, (number, ciphertext) in enumerate(zip(numbers, row, strict=True)):
            points = (multiply(weights[j], shares[j][index][position]) for j in chosen)
            opened = subtract(ciphertext[1], total(points))
            place = f"contest {contest.id}, position {position}"
            right = base(whole(number, 0, counted)) == opened
            require(right, f"{place}: {number} is not the sum")


def _answers(manifest: Manifest, body: Json, names: str, name: str) -> list[Json]:
    """The list `name` of each contest, in a body that has exactly the keys `names`."""
    answers = [keys(answer, f"id {name}") for answer in keys(body, names)["contests"]]
    shapes = [(answer["id"], len(answer[name])) for answer in answers]
    expected = [(contest.id, len(contest.weights)) for contest in manifest.contests]
    require(shapes == expected, "the contests are not those of the election")
    return [answer[name] for answer in answers]


def _read_share(
    manifest: Manifest, place: tuple[str, int, int], share: Json, ciphertext: Ciphertext
) -> bytes:
    """`place` is contest, position and trustee. Raises Problem if the share's proof fails."""
    contest, position, trustee = place
    point = read_point(share[0], identity=True)
    verification_key = manifest.trustees[trustee - 1]
    holds = proofs.holds_decryption(
        share[1:],
        point,
        ciphertext,
        verification_key=verification_key,
        statement=(manifest.fingerprint_bytes, *place, manifest.key, verification_key),
    )
    where = f"trustee {trustee}, contest {contest}, position {position}"
    require(holds, f"{where}: wrong decryption")
    return point
