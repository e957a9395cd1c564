"""The count: the sum of all ballots, its decryption by k trustees, and the result.

docs/cryptography.md, section 6. The scheme is that of elgamal.py, decrypted by a threshold of
trustees (see trustees/). No single ballot is ever decrypted.
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voting.crypto import canonical, elgamal, group, proofs
from voting.crypto.elgamal import NOTHING, Ciphertext
from voting.crypto.group import u64
from voting.crypto.proofs import Proof, Statement
from voting.crypto.trustees.key import lagrange

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from voting.crypto.ballot import Ballot
    from voting.crypto.manifest import Contest, Manifest


class CountRefusalCode(enum.StrEnum):
    """Why a sum or a decryption is refused."""

    FORM = "form"  # not in the one form that the document gives
    PROOF = "proof"  # a decryption share was not made with the trustee's share of the key
    TOO_FEW = "too-few"  # fewer different trustees than the threshold
    NO_NUMBER = "no-number"  # the decrypted sum is larger than the number of ballots


class CountRefused(ValueError):
    """A sum or a decryption that gives no result.

    `code` says why. `trustee` is the number of the trustee whose decryption is wrong, or 0.
    """

    def __init__(self, code: CountRefusalCode, trustee: int = 0) -> None:
        super().__init__(f"{code} of trustee {trustee}" if trustee else str(code))
        self.code = code
        self.trustee = trustee


@dataclass(frozen=True, slots=True)
class Tally:
    """The encrypted sums of `counted` ballots: for each contest, one for each position."""

    counted: int
    sums: tuple[tuple[Ciphertext, ...], ...]

    def to_dict(self, manifest: Manifest) -> dict[str, Any]:
        """The body of the board's event `tally`. Raises ValueError for another manifest."""
        pairs = zip(manifest.contests, self.sums, strict=True)
        return {
            "contests": [
                {"id": contest.id, "sums": [item.to_list() for item in row]}
                for contest, row in pairs
            ],
            "counted": self.counted,
        }

    @staticmethod
    def from_dict(value: Any, manifest: Manifest) -> Tally:
        """The sums that `to_dict` wrote; CountRefused (FORM) for everything else."""
        try:
            rows = tuple(
                tuple(elgamal.from_list(item, identity=True) for item in contest["sums"])
                for contest in value["contests"]
            )
            tally = Tally(value["counted"], rows)
            same = canonical.same(tally.to_dict(manifest), value)
        except (KeyError, TypeError, ValueError) as error:
            raise CountRefused(CountRefusalCode.FORM) from error
        sizes = [len(row) for row in rows]
        if not (same and canonical.is_integer(tally.counted, 0)) or sizes != [
            contest.size for contest in manifest.contests
        ]:
            raise CountRefused(CountRefusalCode.FORM)
        return tally


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
    """One trustee's shares for all sums of a tally, in the tally's order."""

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
    def from_dict(value: Any, manifest: Manifest) -> PartialDecryption:
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
        sizes = [len(row) for row in rows]
        if not (same and known) or sizes != [contest.size for contest in manifest.contests]:
            raise CountRefused(CountRefusalCode.FORM)
        return partial


@dataclass(frozen=True, slots=True)
class ElectionResult:
    """The result: for each contest, how many counted ballots select each choice.

    Where a contest allows blank answers, their number comes last. `trustees` are the numbers of
    the trustees whose shares were used.
    """

    counted: int
    counts: tuple[tuple[int, ...], ...]
    trustees: tuple[int, ...]

    def to_dict(self, manifest: Manifest) -> dict[str, Any]:
        """The body of the board's event `result`. Raises ValueError for another manifest."""
        pairs = zip(manifest.contests, self.counts, strict=True)
        return {
            "contests": [_numbers(contest, row) for contest, row in pairs],
            "counted": self.counted,
            "trustees": list(self.trustees),
        }


def empty_tally(manifest: Manifest) -> Tally:
    """The sums of no ballots."""
    return Tally(0, tuple((NOTHING,) * contest.size for contest in manifest.contests))


def add_ballot(tally: Tally, ballot: Ballot) -> Tally:
    """The sums with one more ballot, which must have been verified.

    Raises ValueError if the ballot has other contests or positions than the tally.
    """
    pairs = zip(tally.sums, ballot.contests, strict=True)
    rows = tuple(
        tuple(elgamal.add(a, b) for a, b in zip(row, contest.ciphertexts, strict=True))
        for row, contest in pairs
    )
    return Tally(tally.counted + 1, rows)


def add_ballots(manifest: Manifest, ballots: Iterable[Ballot]) -> Tally:
    """The sums of these ballots. Each must have been verified, and only a voter's last counts."""
    tally = empty_tally(manifest)
    for ballot in ballots:
        tally = add_ballot(tally, ballot)
    return tally


def partial_decryption(
    manifest: Manifest, tally: Tally, trustee: int, secret: int
) -> PartialDecryption:
    """Decrypt, as trustee number `trustee`, with `secret`: the trustee's share of the key.

    Raises IndexError if there are fewer trustees.
    """
    pairs = zip(manifest.contests, tally.sums, strict=True)
    return PartialDecryption(
        trustee,
        tuple(
            tuple(
                _decrypt(secret, item, _place(manifest, contest.id, position, trustee))
                for position, item in enumerate(row)
            )
            for contest, row in pairs
        ),
    )


def verify_partial(manifest: Manifest, tally: Tally, partial: PartialDecryption) -> None:
    """Check every share of one trustee against its verification key.

    Raises CountRefused (PROOF), which names the trustee, if one does not hold, and ValueError if
    the shares are for a tally of another shape.
    """
    for contest, row, shares in zip(manifest.contests, tally.sums, partial.shares, strict=True):
        for position, (item, share) in enumerate(zip(row, shares, strict=True)):
            place = _place(manifest, contest.id, position, partial.trustee)
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
    if a sum decrypts to none of the numbers 0 … tally.counted.
    """
    chosen = list(partials)[: manifest.key.threshold]
    indexes = tuple(partial.trustee for partial in chosen)
    if len(set(indexes)) != manifest.key.threshold:
        raise CountRefused(CountRefusalCode.TOO_FEW)
    weights = [lagrange(index, indexes) for index in indexes]
    logarithm = Logarithm(tally.counted)
    counts = []
    for contest, row in enumerate(tally.sums):
        numbers = []
        for position, item in enumerate(row):
            shares = [partial.shares[contest][position].point for partial in chosen]
            numbers.append(logarithm.solve(_opened(item, shares, weights)))
        counts.append(tuple(numbers))
    return ElectionResult(tally.counted, tuple(counts), indexes)


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
    """What a decryption share is for: election, contest, position, trustee and their keys."""

    fingerprint: bytes
    contest: str
    position: int
    trustee: int
    public_key: bytes
    verification_key: bytes

    def statement(self, item: Ciphertext, point: bytes) -> Statement:
        return Statement(
            "facevote-1/decryption",
            (
                self.fingerprint,
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


def _place(manifest: Manifest, contest: str, position: int, trustee: int) -> _Place:
    return _Place(
        fingerprint=bytes.fromhex(manifest.fingerprint),
        contest=contest,
        position=position,
        trustee=trustee,
        public_key=manifest.public_key,
        verification_key=manifest.verification_keys[trustee - 1],
    )


def _decrypt(secret: int, item: Ciphertext, place: _Place) -> DecryptionShare:
    point = group.multiply(secret, item.alpha)
    statement = place.statement(item, point)
    return DecryptionShare(point, proofs.prove_equality(secret, item.alpha, statement))


def _opened(item: Ciphertext, shares: Sequence[bytes], weights: Sequence[int]) -> bytes:
    """The point m G of an encrypted sum m: beta minus the weighted sum of the shares."""
    pairs = zip(shares, weights, strict=True)
    mask = group.total(group.multiply(weight, share) for share, weight in pairs)
    return group.subtract(item.beta, mask)


def _numbers(contest: Contest, row: Sequence[int]) -> dict[str, Any]:
    size = len(contest.choices)
    return {
        "blank": row[size] if contest.blank else None,
        "counts": list(row[:size]),
        "id": contest.id,
    }
