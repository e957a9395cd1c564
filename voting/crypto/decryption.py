"""The decryption of the sums by k trustees, and the result.

docs/cryptography.md, section 6. A decryption is bound to the board's `close` event, and so to all
ballots before it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voting.crypto import canonical, group, proofs
from voting.crypto.group import u64
from voting.crypto.proofs import Proof, Statement
from voting.crypto.tally import ContestTally, CountRefusalCode, CountRefused, is_withheld
from voting.crypto.trustees.key import lagrange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voting.crypto.contests import Contest
    from voting.crypto.elgamal import Ciphertext
    from voting.crypto.manifest import Manifest
    from voting.crypto.tally import Tally


@dataclass(frozen=True, slots=True)
class DecryptionShare:
    """The point D_j = x_j A for one sum, and the proof that x_j is the trustee's key share."""

    point: bytes
    proof: Proof

    def to_list(self) -> list[str]:
        """The point, the challenge and the response, in hexadecimal."""
        return [self.point.hex(), *self.proof.to_list()]

    @staticmethod
    def from_list(value: Any) -> DecryptionShare:
        """The share that `to_list` wrote.

        Raises GroupError for another encoding, TypeError or ValueError for another form.
        """
        point, *proof = value
        return DecryptionShare(group.point_from_hex(point, identity=True), Proof.from_list(proof))


@dataclass(frozen=True, slots=True)
class PartialDecryption:
    """One trustee's shares for all sums of a tally, in its order; none for a withheld contest."""

    trustee: int
    shares: tuple[tuple[DecryptionShare, ...], ...]

    def to_dict(self, manifest: Manifest) -> dict[str, Any]:
        """The body of the board's event `decryption`. Raises ValueError for another manifest."""
        pairs = zip(manifest.contests, self.shares, strict=True)
        return {
            "contests": [
                {"id": contest.id, "shares": [share.to_list() for share in row]}
                for contest, row in pairs
            ],
            "trustee": self.trustee,
        }

    @staticmethod
    def from_dict(value: Any, manifest: Manifest, tally: Tally) -> PartialDecryption:
        """The shares that `to_dict` wrote; CountRefused (FORM) for everything else.

        Their proofs are checked by `verify_partial`.
        """
        try:
            rows = tuple(
                tuple(DecryptionShare.from_list(item) for item in contest["shares"])
                for contest in value["contests"]
            )
            partial = PartialDecryption(value["trustee"], rows)
            same = canonical.same(partial.to_dict(manifest), value)
        except (KeyError, TypeError, ValueError) as error:
            raise CountRefused(CountRefusalCode.FORM) from error
        known = canonical.is_integer(partial.trustee, 1, len(manifest.key.trustees))
        expected = [_shares_of(contest, manifest) for contest in tally.contests]
        if not (same and known) or [len(row) for row in rows] != expected:
            raise CountRefused(CountRefusalCode.FORM)
        return partial


@dataclass(frozen=True, slots=True)
class ElectionResult:
    """The result: for each contest, how many counted ballots select each choice.

    Where a contest allows blank answers, their number comes last. A withheld contest has None.
    `trustees` are the numbers of the trustees whose shares were used, sorted.
    """

    counted: int
    counts: tuple[tuple[int, ...] | None, ...]
    trustees: tuple[int, ...]

    def to_dict(self, manifest: Manifest) -> dict[str, Any]:
        """The body of the board's event `result`. Raises ValueError for another manifest."""
        pairs = zip(manifest.contests, self.counts, strict=True)
        return {
            "contests": [_numbers(contest, row) for contest, row in pairs],
            "counted": self.counted,
            "trustees": list(self.trustees),
        }


def partial_decryption(
    manifest: Manifest, tally: Tally, close: str, trustee: int, secret: int
) -> PartialDecryption:
    """Decrypt, as trustee number `trustee`, with `secret`: the trustee's share of the key.

    `close` is the hash of the `close` event. What the tally withholds is not decrypted. Raises
    IndexError if there are fewer trustees.
    """
    rows = []
    for contest in tally.contests:
        places = _places(manifest, contest, close, trustee)
        rows.append(
            tuple(
                _decrypt(secret, item, place)
                for item, place in zip(contest.sums, places, strict=False)
            )
        )
    return PartialDecryption(trustee, tuple(rows))


def verify_partial(
    manifest: Manifest, tally: Tally, close: str, partial: PartialDecryption
) -> None:
    """Check every share of one trustee against its verification key.

    Raises CountRefused (PROOF), which names the trustee, if one does not hold, and ValueError if
    the shares are for a tally of another shape.
    """
    for contest, shares in zip(tally.contests, partial.shares, strict=True):
        places = _places(manifest, contest, close, partial.trustee)
        for place, share in zip(places, shares, strict=True):
            item = contest.sums[place.position]
            holds = proofs.holds_equality(
                share.proof,
                public=place.verification_key,
                second_base=item.alpha,
                second=share.point,
                statement=place.statement(item, share.point),
            )
            if not holds:
                raise CountRefused(CountRefusalCode.PROOF, partial.trustee)


def combine(
    manifest: Manifest, tally: Tally, partials: Sequence[PartialDecryption]
) -> ElectionResult:
    """The result from the first k of these partial decryptions, which must have been verified.

    Raises CountRefused with TOO_FEW if they are not from k different trustees, and with NO_NUMBER
    if a sum decrypts to none of the numbers 0 … counted ballots with the contest.
    """
    chosen = list(partials)[: manifest.key.threshold]
    indexes = tuple(partial.trustee for partial in chosen)
    if len(set(indexes)) != manifest.key.threshold:
        raise CountRefused(CountRefusalCode.TOO_FEW)
    weights = [lagrange(index, indexes) for index in indexes]
    counts: list[tuple[int, ...] | None] = []
    for number, contest in enumerate(tally.contests):
        if is_withheld(contest, manifest):
            counts.append(None)
            continue
        logarithm = Logarithm(contest.counted)
        opened = (
            _opened(item, [partial.shares[number][position].point for partial in chosen], weights)
            for position, item in enumerate(contest.sums)
        )
        counts.append(tuple(logarithm.solve(point) for point in opened))
    return ElectionResult(tally.counted, tuple(counts), tuple(sorted(indexes)))


class Logarithm:
    """Finds the integer m in 0 … limit from the point m G, by baby steps and giant steps.

    D. Shanks, "Class Number, a Theory of Factorization, and Genera" (1971). Takes about twice the
    square root of `limit` additions, half of them once for all points.
    """

    def __init__(self, limit: int) -> None:
        self._width = math.isqrt(limit) + 1
        self._baby: dict[bytes, int] = {}
        point = group.IDENTITY
        for step in range(self._width):
            self._baby[point] = step
            point = group.add(point, group.GENERATOR)
        self._giant = point
        self._limit = limit

    def solve(self, point: bytes) -> int:
        """The number m. Raises CountRefused (NO_NUMBER) if none in 0 … limit gives this point."""
        for giant in range(self._width + 1):
            step = self._baby.get(point)
            if step is not None and giant * self._width + step <= self._limit:
                return giant * self._width + step
            point = group.subtract(point, self._giant)
        raise CountRefused(CountRefusalCode.NO_NUMBER)


@dataclass(frozen=True, slots=True)
class _Place:
    """What a decryption share is for: election, close, contest, position, trustee, their keys."""

    fingerprint: bytes
    close: bytes
    contest: str
    position: int
    trustee: int
    public_key: bytes
    verification_key: bytes

    def statement(self, item: Ciphertext, point: bytes) -> Statement:
        return Statement(
            "facevote-2/decryption",
            (
                self.fingerprint,
                self.close,
                self.contest,
                u64(self.position),
                u64(self.trustee),
                self.public_key,
                self.verification_key,
                item.alpha,
                item.beta,
                point,
            ),
        )


def _places(manifest: Manifest, contest: ContestTally, close: str, trustee: int) -> list[_Place]:
    """One for each position that is decrypted."""
    return [
        _Place(
            fingerprint=bytes.fromhex(manifest.fingerprint),
            close=bytes.fromhex(close),
            contest=contest.id,
            position=position,
            trustee=trustee,
            public_key=manifest.public_key,
            verification_key=manifest.verification_keys[trustee - 1],
        )
        for position in range(_shares_of(contest, manifest))
    ]


def _shares_of(contest: ContestTally, manifest: Manifest) -> int:
    """How many shares each trustee makes for a contest."""
    return 0 if is_withheld(contest, manifest) else len(contest.sums)


def _decrypt(secret: int, item: Ciphertext, place: _Place) -> DecryptionShare:
    point = group.multiply(secret, item.alpha)
    statement = place.statement(item, point)
    return DecryptionShare(point, proofs.prove_equality(secret, item.alpha, statement))


def _opened(item: Ciphertext, shares: Sequence[bytes], weights: Sequence[int]) -> bytes:
    """The point m G of an encrypted sum m: beta minus the weighted sum of the shares."""
    pairs = zip(shares, weights, strict=True)
    mask = group.total(group.multiply(weight, share) for share, weight in pairs)
    return group.subtract(item.beta, mask)


def _numbers(contest: Contest, row: tuple[int, ...] | None) -> dict[str, Any]:
    size = len(contest.choices)
    return {
        "blank": row[size] if row and contest.blank else None,
        "counts": list(row[:size]) if row else None,
        "id": contest.id,
    }
