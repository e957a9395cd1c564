"""Opening a ballot, to check that it contains what the voter selected. Only its seed is shown.

docs/cryptography.md, section 4. Checking a ballot by opening it instead of casting it: J. Benaloh,
"Simple Verifiable Elections" (EVT 2006).
"""

from __future__ import annotations

import enum
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from voting.crypto import canonical, elgamal, group
from voting.crypto.tracker import tracker_of

if TYPE_CHECKING:
    from voting.crypto.contests import Contest
    from voting.crypto.elgamal import Ciphertext
    from voting.crypto.manifest import Manifest

FORMAT: Final = "facevote-opening-2"
SEED_BYTES: Final = 32

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
class Opening:
    """The seed of a ballot and its selections: with them anybody can read it.

    An opening must stay secret unless its ballot is spoiled, that is, can no longer be cast.
    `election` is the manifest's fingerprint. `selections` has a bit for each ciphertext of each
    contest, in the order of the ballot.
    """

    election: str
    credential: str
    seed: bytes
    selections: tuple[tuple[str, tuple[int, ...]], ...]
    tracker: str

    def to_json(self) -> bytes:
        """The opening "facevote-opening-2" as canonical JSON."""
        return canonical.encode(
            {
                "credential": self.credential,
                "election": self.election,
                "format": FORMAT,
                "seed": self.seed.hex(),
                "selections": [[id_, "".join(map(str, bits))] for id_, bits in self.selections],
                "tracker": self.tracker,
            }
        )

    @staticmethod
    def from_json(data: bytes) -> Opening:
        """The opening that `to_json` wrote; SelectionRefused (OPENING) for everything else."""
        try:
            opening = _from_dict(canonical.decode(data))
            same = opening.to_json() == data
        except (KeyError, TypeError, ValueError) as error:
            raise SelectionRefused(SelectionRefusalCode.OPENING) from error
        if not same:
            raise SelectionRefused(SelectionRefusalCode.OPENING)
        return opening


def new_ballot_seed() -> bytes:
    """32 random bytes from the operating system."""
    return secrets.token_bytes(SEED_BYTES)


def randomness(
    seed: bytes, manifest: Manifest, credential: str, contest: Contest
) -> tuple[int, ...]:
    """The scalar r that hides each ciphertext of a contest. It follows from the ballot seed."""
    fingerprint = bytes.fromhex(manifest.fingerprint)
    return tuple(
        group.hash_to_scalar(
            "facevote-2/randomness", seed, fingerprint, credential, contest.id, group.u64(position)
        )
        for position in range(contest.size)
    )


def bits_of(contest: Contest, selected: Collection[str] | None) -> tuple[int, ...]:
    """One bit per ciphertext.

    Raises SelectionRefused with CHOICE for an unknown or repeated choice, with TOO_FEW or TOO_MANY
    for a wrong number of choices, and with NO_BLANK for a blank answer that is not offered.
    """
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


def encrypt_bits(
    seed: bytes, manifest: Manifest, credential: str, contest: Contest, bits: tuple[int, ...]
) -> tuple[Ciphertext, ...]:
    """The ciphertexts of one contest. Raises ValueError for too few or too many bits."""
    hidden_by = randomness(seed, manifest, credential, contest)
    return tuple(
        elgamal.encrypt(bit, scalar, manifest.public_key)
        for bit, scalar in zip(bits, hidden_by, strict=True)
    )


def check_opening(manifest: Manifest, opening: Opening) -> dict[str, list[str]]:
    """The ids of the selected choices for each contest id; [] for a blank answer.

    The ciphertexts are made again from the seed, so no ballot is needed. Raises SelectionRefused
    (OPENING) if the opening is of another election, if its contests are not contests of the
    manifest in the manifest's order, if their selections are not allowed, or if the tracker is
    another ballot's.
    """
    known = {contest.id: contest for contest in manifest.contests}
    named = [contest for contest, _bits in opening.selections]
    if opening.election != manifest.fingerprint or not named:
        raise SelectionRefused(SelectionRefusalCode.OPENING)
    if named != [contest for contest in known if contest in named]:
        raise SelectionRefused(SelectionRefusalCode.OPENING)
    selected, made = {}, []
    for contest_id, bits in opening.selections:
        contest = known[contest_id]
        if len(bits) != contest.size or _weighted(contest, bits) not in contest.allowed:
            raise SelectionRefused(SelectionRefusalCode.OPENING, contest_id)
        items = encrypt_bits(opening.seed, manifest, opening.credential, contest, bits)
        made.append((contest_id, items))
        chosen = zip(contest.choices, bits, strict=False)
        selected[contest_id] = [choice.id for choice, bit in chosen if bit]
    if tracker_of(opening.election, opening.credential, made) != opening.tracker:
        raise SelectionRefused(SelectionRefusalCode.OPENING)
    return selected


def _weighted(contest: Contest, bits: tuple[int, ...]) -> int:
    return sum(weight * bit for weight, bit in zip(contest.weights, bits, strict=True))


def _from_dict(value: Any) -> Opening:
    """Raises SelectionRefused, KeyError, TypeError or ValueError for another form."""
    if value["format"] != FORMAT or not canonical.is_identifier(value["credential"]):
        raise SelectionRefused(SelectionRefusalCode.OPENING)
    selections = []
    for contest, digits in value["selections"]:
        if not set(digits) <= {"0", "1"}:
            raise SelectionRefused(SelectionRefusalCode.OPENING)
        selections.append((contest, tuple(map(int, digits))))
    return Opening(
        election=group.bytes_from_hex(value["election"]).hex(),
        credential=value["credential"],
        seed=group.bytes_from_hex(value["seed"]),
        selections=tuple(selections),
        tracker=group.bytes_from_hex(value["tracker"]).hex(),
    )
