"""Encrypting a ballot, and opening one to check that it contains what the voter selected.

docs/cryptography.md, section 4. Checking a ballot by opening it instead of casting it: J. Benaloh,
"Simple Verifiable Elections" (EVT 2006).
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voting.crypto import ballot as ballots
from voting.crypto import canonical, elgamal, group, proofs
from voting.crypto.ballot import Ballot, ContestBallot
from voting.crypto.tracker import tracker

if TYPE_CHECKING:
    from voting.crypto.elgamal import Ciphertext
    from voting.crypto.manifest import Contest, Manifest

FORMAT = "facevote-opening-1"

# For each contest id, the ids of the selected choices; None stands for a blank answer.
Selections = Mapping[str, Collection[str] | None]


class SelectionRefusalCode(enum.StrEnum):
    """Why selections make no ballot, or why an opening does not open one."""

    CONTESTS = "contests"
    CHOICE = "choice"
    TOO_FEW = "too-few"
    TOO_MANY = "too-many"
    NO_BLANK = "no-blank"
    OPENING = "opening"


class SelectionRefused(ValueError):
    """Selections that the manifest does not allow, or an opening that does not fit its ballot."""

    def __init__(self, code: SelectionRefusalCode, place: str = "") -> None:
        super().__init__(f"{code} {place}".strip())
        self.code = code


@dataclass(frozen=True, slots=True)
class ContestOpening:
    """For each ciphertext of a contest, the bit that it encrypts and the scalar that hides it."""

    id: str
    selections: tuple[int, ...]
    randomness: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """All bits and randomness of a ballot: with them anybody can read it.

    An opening must stay secret unless its ballot is spoiled, that is, can no longer be cast.
    `tracker` names the ballot by 64 hexadecimal digits.
    """

    tracker: str
    contests: tuple[ContestOpening, ...]

    def to_json(self) -> bytes:
        """The opening "facevote-opening-1" as canonical JSON."""
        return canonical.encode(
            {
                "contests": [
                    {
                        "id": contest.id,
                        "randomness": [group.scalar_to_hex(r) for r in contest.randomness],
                        "selections": list(contest.selections),
                    }
                    for contest in self.contests
                ],
                "format": FORMAT,
                "tracker": self.tracker,
            }
        )

    @staticmethod
    def from_json(data: bytes) -> Opening:
        """The opening that `to_json` wrote; SelectionRefused (OPENING) for everything else."""
        try:
            return _opening_from_dict(canonical.decode(data))
        except (KeyError, TypeError, ValueError) as error:
            raise SelectionRefused(SelectionRefusalCode.OPENING) from error


@dataclass(frozen=True, slots=True)
class EncryptedBallot:
    """A ballot to cast, and the secret opening that goes with it."""

    ballot: Ballot
    opening: Opening


def encrypt_ballot(manifest: Manifest, credential: str, selections: Selections) -> EncryptedBallot:
    """Encrypt and prove the ballot of the voter `credential`, with fresh randomness.

    Raises SelectionRefused with CONTESTS if the contests are not those of the manifest, with
    CHOICE for an unknown or repeated choice, with TOO_FEW or TOO_MANY for a wrong number of
    choices, and with NO_BLANK for a blank answer that the contest does not allow.
    """
    if selections.keys() != {contest.id for contest in manifest.contests}:
        raise SelectionRefused(SelectionRefusalCode.CONTESTS)
    openings = tuple(_draw(contest, selections[contest.id]) for contest in manifest.contests)
    encrypted = [_encrypt(opening, manifest.public_key) for opening in openings]
    pairs = [(opening.id, items) for opening, items in zip(openings, encrypted, strict=True)]
    context = ballots.ballot_context(manifest, credential, pairs)
    answers = tuple(
        _prove(manifest, opening, items, context)
        for opening, items in zip(openings, encrypted, strict=True)
    )
    ballot = Ballot(manifest.fingerprint, credential, answers)
    return EncryptedBallot(ballot, Opening(tracker(ballot.to_json()), openings))


def check_opening(manifest: Manifest, ballot: Ballot, opening: Opening) -> dict[str, list[str]]:
    """The titles of the selected choices for each contest id; [] for a blank answer.

    The ballot must have been verified. Raises SelectionRefused (OPENING) if the opening is for
    another ballot, or if a ciphertext does not encrypt what the opening says; and ValueError if a
    list in the opening is too short or too long.
    """
    if opening.tracker != tracker(ballot.to_json()):
        raise SelectionRefused(SelectionRefusalCode.OPENING)
    answers = zip(manifest.contests, ballot.contests, opening.contests, strict=True)
    return {
        contest.id: _open_contest(manifest, contest, answer, opened)
        for contest, answer, opened in answers
    }


def _open_contest(
    manifest: Manifest, contest: Contest, answer: ContestBallot, opened: ContestOpening
) -> list[str]:
    """Raises SelectionRefused (OPENING) if the opening gives other ciphertexts than `answer`."""
    sizes = {contest.size, len(answer.ciphertexts), len(opened.selections)}
    if len(sizes) != 1 or opened.id != contest.id:
        raise SelectionRefused(SelectionRefusalCode.OPENING, contest.id)
    if _encrypt(opened, manifest.public_key) != answer.ciphertexts:
        raise SelectionRefused(SelectionRefusalCode.OPENING, contest.id)
    chosen = zip(contest.choices, opened.selections, strict=False)
    return [choice.title for choice, selected in chosen if selected]


def _draw(contest: Contest, selected: Collection[str] | None) -> ContestOpening:
    bits = _bits(contest, selected)
    return ContestOpening(contest.id, bits, tuple(group.random_scalar() for _ in bits))


def _bits(contest: Contest, selected: Collection[str] | None) -> tuple[int, ...]:
    """One bit per ciphertext. Raises SelectionRefused, as `encrypt_ballot` says."""
    if selected is None:
        if not contest.blank:
            raise SelectionRefused(SelectionRefusalCode.NO_BLANK, contest.id)
        return (0,) * len(contest.choices) + (1,)
    wanted = set(selected)
    bits = tuple(int(choice.id in wanted) for choice in contest.choices)
    if sum(bits) != len(selected):
        raise SelectionRefused(SelectionRefusalCode.CHOICE, contest.id)
    if sum(bits) < contest.min:
        raise SelectionRefused(SelectionRefusalCode.TOO_FEW, contest.id)
    if sum(bits) > contest.max:
        raise SelectionRefused(SelectionRefusalCode.TOO_MANY, contest.id)
    return bits + (0,) * contest.blank


def _encrypt(opening: ContestOpening, public_key: bytes) -> tuple[Ciphertext, ...]:
    pairs = zip(opening.selections, opening.randomness, strict=True)
    return tuple(elgamal.encrypt(bit, randomness, public_key) for bit, randomness in pairs)


def _prove(
    manifest: Manifest, opening: ContestOpening, items: tuple[Ciphertext, ...], context: bytes
) -> ContestBallot:
    contest = manifest.contest(opening.id)
    weighted = ballots.weighted_sum(contest, items)
    weights = contest.weights
    return ContestBallot(
        id=contest.id,
        ciphertexts=items,
        proofs=tuple(
            proofs.prove_one_of(
                ballots.BIT,
                bit,
                randomness=randomness,
                public_key=manifest.public_key,
                statement=ballots.selection_statement(context, contest, position, item),
            )
            for position, (bit, randomness, item) in enumerate(
                zip(opening.selections, opening.randomness, items, strict=True)
            )
        ),
        sum=proofs.prove_one_of(
            contest.allowed,
            sum(w * bit for w, bit in zip(weights, opening.selections, strict=True)),
            randomness=sum(w * r for w, r in zip(weights, opening.randomness, strict=True)),
            public_key=manifest.public_key,
            statement=ballots.sum_statement(context, contest, weighted),
        ),
    )


def _opening_from_dict(value: Any) -> Opening:
    """Raises SelectionRefused for another format, else KeyError, TypeError or ValueError."""
    if value["format"] != FORMAT:
        raise SelectionRefused(SelectionRefusalCode.OPENING)
    return Opening(
        tracker=group.bytes_from_hex(value["tracker"]).hex(),
        contests=tuple(_contest_opening(item) for item in value["contests"]),
    )


def _contest_opening(value: Any) -> ContestOpening:
    """Raises SelectionRefused for a selection that is no bit, GroupError for a bad scalar."""
    if not all(canonical.is_integer(bit, 0, 1) for bit in value["selections"]):
        raise SelectionRefused(SelectionRefusalCode.OPENING)
    return ContestOpening(
        id=value["id"],
        selections=tuple(value["selections"]),
        randomness=tuple(group.scalar_from_hex(text) for text in value["randomness"]),
    )
