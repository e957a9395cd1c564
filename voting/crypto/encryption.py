"""Filling in a ballot, and opening one to see that it says what it should."""

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

# Contest id to the ids of the selected choices; None is a blank answer.
Selections = Mapping[str, Collection[str] | None]


class SelectionRefusalCode(enum.StrEnum):
    CONTESTS = "contests"
    CHOICE = "choice"
    TOO_FEW = "too-few"
    TOO_MANY = "too-many"
    NO_BLANK = "no-blank"
    OPENING = "opening"


class SelectionRefused(ValueError):
    def __init__(self, code: SelectionRefusalCode, place: str = "") -> None:
        super().__init__(f"{code} {place}".strip())
        self.code = code


@dataclass(frozen=True, slots=True)
class ContestOpening:
    id: str
    selections: tuple[int, ...]
    randomness: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """What turns an encrypted ballot into a readable one. Secret as long as it may be cast."""

    tracker: str
    contests: tuple[ContestOpening, ...]

    def to_json(self) -> bytes:
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
        try:
            return _opening_from_dict(canonical.decode(data))
        except (KeyError, TypeError, ValueError) as error:
            raise SelectionRefused(SelectionRefusalCode.OPENING) from error


@dataclass(frozen=True, slots=True)
class EncryptedBallot:
    ballot: Ballot
    opening: Opening


def encrypt_ballot(manifest: Manifest, credential: str, selections: Selections) -> EncryptedBallot:
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
    """The selected titles by contest id ([] for a blank one); SelectionRefused if it is not so."""
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
    if value["format"] != FORMAT:
        raise SelectionRefused(SelectionRefusalCode.OPENING)
    return Opening(
        tracker=group.bytes_from_hex(value["tracker"]).hex(),
        contests=tuple(_contest_opening(item) for item in value["contests"]),
    )


def _contest_opening(value: Any) -> ContestOpening:
    if not all(canonical.is_integer(bit, 0, 1) for bit in value["selections"]):
        raise SelectionRefused(SelectionRefusalCode.OPENING)
    return ContestOpening(
        id=value["id"],
        selections=tuple(value["selections"]),
        randomness=tuple(group.scalar_from_hex(text) for text in value["randomness"]),
    )
