"""The count: the encrypted sums of all ballots that count, and which of them nobody decrypts.

docs/cryptography.md, section 6. The scheme is that of elgamal.py. No single ballot is ever
decrypted; decrypting the sums: decryption.py.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voting.crypto import canonical, elgamal
from voting.crypto.elgamal import NOTHING, Ciphertext

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voting.crypto.ballot import Ballot
    from voting.crypto.manifest import Manifest


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
class ContestTally:
    """The encrypted sums of one contest, one for each position, over the `counted` ballots."""

    id: str
    counted: int
    sums: tuple[Ciphertext, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "counted": self.counted,
            "id": self.id,
            "sums": [item.to_list() for item in self.sums],
        }


@dataclass(frozen=True, slots=True)
class Tally:
    """The encrypted sums of `counted` ballots, for each contest those that have the contest."""

    counted: int
    contests: tuple[ContestTally, ...]

    def to_dict(self) -> dict[str, Any]:
        """The body of the board's event `tally`."""
        return {
            "contests": [contest.to_dict() for contest in self.contests],
            "counted": self.counted,
        }

    @staticmethod
    def from_dict(value: Any, manifest: Manifest) -> Tally:
        """The sums that `to_dict` wrote; CountRefused (FORM) for everything else."""
        try:
            tally = Tally(
                value["counted"],
                tuple(
                    ContestTally(
                        contest["id"],
                        contest["counted"],
                        tuple(elgamal.from_list(item, identity=True) for item in contest["sums"]),
                    )
                    for contest in value["contests"]
                ),
            )
            same = canonical.same(tally.to_dict(), value)
        except (KeyError, TypeError, ValueError) as error:
            raise CountRefused(CountRefusalCode.FORM) from error
        shape = [(contest.id, len(contest.sums)) for contest in tally.contests]
        counted = canonical.is_integer(tally.counted, 0) and all(
            canonical.is_integer(contest.counted, 0, tally.counted) for contest in tally.contests
        )
        if not (same and counted) or shape != [(c.id, c.size) for c in manifest.contests]:
            raise CountRefused(CountRefusalCode.FORM)
        return tally


def is_withheld(contest: ContestTally, manifest: Manifest) -> bool:
    """Whether so few ballots have the contest that its numbers stay secret."""
    return 1 <= contest.counted < manifest.least


def empty_tally(manifest: Manifest) -> Tally:
    """The sums of no ballots."""
    return Tally(
        0,
        tuple(
            ContestTally(contest.id, 0, (NOTHING,) * contest.size) for contest in manifest.contests
        ),
    )


def add_ballot(tally: Tally, ballot: Ballot) -> Tally:
    """The sums with one more ballot, which must have been verified.

    Raises ValueError if a contest of the ballot has other positions than the tally's.
    """
    answers = {answer.id: answer.ciphertexts for answer in ballot.contests}
    return Tally(
        tally.counted + 1,
        tuple(
            _add(contest, answers[contest.id]) if contest.id in answers else contest
            for contest in tally.contests
        ),
    )


def add_ballots(manifest: Manifest, ballots: Iterable[Ballot]) -> Tally:
    """The sums of these ballots. Each must have been verified, and only a voter's last counts."""
    tally = empty_tally(manifest)
    for ballot in ballots:
        tally = add_ballot(tally, ballot)
    return tally


def _add(contest: ContestTally, ciphertexts: tuple[Ciphertext, ...]) -> ContestTally:
    pairs = zip(contest.sums, ciphertexts, strict=True)
    sums = tuple(elgamal.add(total, item) for total, item in pairs)
    return ContestTally(contest.id, contest.counted + 1, sums)
