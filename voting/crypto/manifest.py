"""The manifest: everything about an election that freezing fixes, and its fingerprint.

docs/cryptography.md, section 3.
"""

from __future__ import annotations

import enum
import hashlib
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from voting.crypto import canonical, group
from voting.crypto.proofs import Proof

FORMAT = "facevote-election-1"
MAX_TEXT = 500
MAX_CHOICES = 1000
MAX_TRUSTEES = 50


class ManifestInvalidCode(enum.StrEnum):
    """What is wrong with a manifest."""

    FORM = "form"
    TEXT = "text"
    IDENTIFIER = "identifier"
    LIMITS = "limits"
    KEY = "key"


class ManifestInvalid(ValueError):
    """A manifest, or a part of one, that no election can have. `code` says why."""

    def __init__(self, code: ManifestInvalidCode) -> None:
        super().__init__(f"The manifest is not valid: {code}")
        self.code = code


class KeySetupMode(enum.StrEnum):
    """Who holds the secret key: the server alone, or the trustees."""

    SERVER = "server"
    TRUSTEES = "trustees"


class VoterDisplay(enum.StrEnum):
    """Whether the board shows an alias of each voter."""

    ALIAS = "alias"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a contest.

    Raises ManifestInvalid unless `id` is an identifier (IDENTIFIER) and `title` a short normalized
    text (TEXT).
    """

    id: str
    title: str

    def __post_init__(self) -> None:
        _check_identifier(self.id)
        _check_text(self.title)


@dataclass(frozen=True, slots=True)
class Contest:
    """One question: a ballot selects `min` to `max` of the choices, or nothing if `blank`.

    Raises ManifestInvalid with IDENTIFIER for a wrong id, for choice ids that repeat, and for
    more than MAX_CHOICES choices; with TEXT for a wrong title; and with LIMITS unless
    0 <= min <= max <= number of choices and max >= 1.
    """

    id: str
    title: str
    choices: tuple[Choice, ...]
    min: int
    max: int
    blank: bool

    def __post_init__(self) -> None:
        _check_identifier(self.id)
        _check_text(self.title)
        ids = {choice.id for choice in self.choices}
        if len(ids) != len(self.choices) or len(ids) > MAX_CHOICES:
            raise ManifestInvalid(ManifestInvalidCode.IDENTIFIER)
        if not 0 <= self.min <= self.max <= len(self.choices) or self.max < 1:
            raise ManifestInvalid(ManifestInvalidCode.LIMITS)

    @property
    def size(self) -> int:
        """The number of ciphertexts of this contest in a ballot."""
        return len(self.choices) + self.blank

    @property
    def weights(self) -> tuple[int, ...]:
        """The factor of each ciphertext in the weighted sum.

        It is 1 for each of the N choices and N + 1 for the blank answer. So the sum of a blank
        ballot is larger than N choices can make it.
        """
        blank = (len(self.choices) + 1,) if self.blank else ()
        return (1,) * len(self.choices) + blank

    @property
    def allowed(self) -> tuple[int, ...]:
        """The values that the weighted sum of a valid ballot may have."""
        blank = (len(self.choices) + 1,) if self.blank else ()
        return (*range(self.min, self.max + 1), *blank)


@dataclass(frozen=True, slots=True)
class TrusteeKey:
    """What the manifest says of one trustee.

    `commitments` are `threshold` points, the constant term first. `proof` shows that the trustee
    knows the secret of the first one, `confirmation` that it knows its share of the key.
    """

    name: str
    commitments: tuple[bytes, ...]
    proof: Proof
    confirmation: Proof


@dataclass(frozen=True, slots=True)
class KeySetup:
    """The election's public key, a point, and the trustees whose commitments it is the sum of.

    Any `threshold` trustees can decrypt. Raises ManifestInvalid (KEY) if the numbers do not fit
    each other, for more than MAX_TRUSTEES trustees, and if the key is not the sum of the first
    commitments or is the identity. The proofs are checked elsewhere: `trustees.key.check_key`.
    """

    mode: KeySetupMode
    threshold: int
    public_key: bytes
    trustees: tuple[TrusteeKey, ...]

    def __post_init__(self) -> None:
        count = len(self.trustees)
        if count > MAX_TRUSTEES or not canonical.is_integer(self.threshold, 1, count):
            raise ManifestInvalid(ManifestInvalidCode.KEY)
        if any(len(trustee.commitments) != self.threshold for trustee in self.trustees):
            raise ManifestInvalid(ManifestInvalidCode.KEY)
        if self.mode is KeySetupMode.SERVER and len(self.trustees) != 1:
            raise ManifestInvalid(ManifestInvalidCode.KEY)
        if self.public_key != group.total(trustee.commitments[0] for trustee in self.trustees):
            raise ManifestInvalid(ManifestInvalidCode.KEY)
        if self.public_key == group.IDENTITY:
            raise ManifestInvalid(ManifestInvalidCode.KEY)


@dataclass(frozen=True)
class Manifest:
    """A frozen election.

    `board_key` is the point for which heads are signed, `roll` the hash of the roll (see roll.py).
    `revote` says whether a voter may cast again. Raises ManifestInvalid with IDENTIFIER for a wrong
    id, for contest ids that repeat and for no contest, and with TEXT for a wrong title.
    """

    id: str
    title: str
    contests: tuple[Contest, ...]
    key: KeySetup
    board_key: bytes
    roll: str
    revote: bool
    voters: VoterDisplay

    def __post_init__(self) -> None:
        _check_identifier(self.id)
        _check_text(self.title)
        ids = {contest.id for contest in self.contests}
        if not ids or len(ids) != len(self.contests):
            raise ManifestInvalid(ManifestInvalidCode.IDENTIFIER)

    @property
    def public_key(self) -> bytes:
        """The point K that ballots are encrypted for."""
        return self.key.public_key

    @cached_property
    def verification_keys(self) -> tuple[bytes, ...]:
        """The point V_j of each trustee, from trustee 1 on, computed from all commitments.

        With C_t the sum of everybody's commitment number t, V_j is the sum of j^t C_t over t.
        """
        columns = list(zip(*(trustee.commitments for trustee in self.key.trustees), strict=True))
        totals = [group.total(column) for column in columns]
        return tuple(
            group.evaluate(totals, index) for index in range(1, len(self.key.trustees) + 1)
        )

    @cached_property
    def fingerprint(self) -> str:
        """The SHA-256 of the manifest's canonical JSON, as 64 hexadecimal digits."""
        return hashlib.sha256(self.to_json()).hexdigest()

    def contest(self, contest_id: str) -> Contest:
        """The contest with this id. Raises StopIteration if there is none."""
        return next(contest for contest in self.contests if contest.id == contest_id)

    def to_json(self) -> bytes:
        """The canonical bytes. Raises NotCanonicalError for a lone surrogate in a title."""
        return canonical.encode(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """The manifest "facevote-election-1", ready for canonical JSON."""
        return {
            "board_key": self.board_key.hex(),
            "contests": [_contest_to_dict(contest) for contest in self.contests],
            "format": FORMAT,
            "id": self.id,
            "key": _key_to_dict(self.key),
            "revote": self.revote,
            "roll": self.roll,
            "title": self.title,
            "voters": str(self.voters),
        }

    @staticmethod
    def from_json(data: bytes) -> Manifest:
        """The manifest that `to_json` wrote; ManifestInvalid for everything else."""
        try:
            return Manifest.from_dict(canonical.decode(data))
        except canonical.NotCanonicalError as error:
            raise ManifestInvalid(ManifestInvalidCode.FORM) from error

    @staticmethod
    def from_dict(value: Any) -> Manifest:
        """The manifest that `to_dict` wrote; ManifestInvalid for everything else."""
        try:
            manifest = _manifest_from_dict(value)
        except ManifestInvalid:
            raise
        except (KeyError, TypeError, ValueError) as error:
            raise ManifestInvalid(ManifestInvalidCode.FORM) from error
        if not canonical.same(manifest.to_dict(), value):
            raise ManifestInvalid(ManifestInvalidCode.FORM)
        return manifest


def _manifest_from_dict(value: Any) -> Manifest:
    """Raises ManifestInvalid, or KeyError, TypeError or ValueError for a wrong form."""
    if type(value["revote"]) is not bool:
        raise ManifestInvalid(ManifestInvalidCode.FORM)
    return Manifest(
        id=value["id"],
        title=value["title"],
        contests=tuple(_contest_from_dict(item) for item in value["contests"]),
        key=_key_from_dict(value["key"]),
        board_key=group.point_from_hex(value["board_key"]),
        roll=group.bytes_from_hex(value["roll"]).hex(),
        revote=value["revote"],
        voters=VoterDisplay(value["voters"]),
    )


def _contest_to_dict(contest: Contest) -> dict[str, Any]:
    return {
        "blank": contest.blank,
        "choices": [{"id": choice.id, "title": choice.title} for choice in contest.choices],
        "id": contest.id,
        "max": contest.max,
        "min": contest.min,
        "title": contest.title,
    }


def _contest_from_dict(value: Any) -> Contest:
    """Raises ManifestInvalid, or KeyError or TypeError for a wrong form."""
    if type(value["blank"]) is not bool or {type(value["min"]), type(value["max"])} != {int}:
        raise ManifestInvalid(ManifestInvalidCode.FORM)
    return Contest(
        id=value["id"],
        title=value["title"],
        choices=tuple(Choice(item["id"], item["title"]) for item in value["choices"]),
        min=value["min"],
        max=value["max"],
        blank=value["blank"],
    )


def _key_to_dict(key: KeySetup) -> dict[str, Any]:
    return {
        "mode": str(key.mode),
        "public_key": key.public_key.hex(),
        "threshold": key.threshold,
        "trustees": [
            {
                "commitments": [point.hex() for point in trustee.commitments],
                "confirmation": trustee.confirmation.to_list(),
                "name": trustee.name,
                "proof": trustee.proof.to_list(),
            }
            for trustee in key.trustees
        ],
    }


def _key_from_dict(value: Any) -> KeySetup:
    return KeySetup(
        mode=KeySetupMode(value["mode"]),
        threshold=value["threshold"],
        public_key=group.point_from_hex(value["public_key"]),
        trustees=tuple(_trustee_from_dict(item) for item in value["trustees"]),
    )


def _trustee_from_dict(value: Any) -> TrusteeKey:
    _check_text(value["name"])
    return TrusteeKey(
        name=value["name"],
        commitments=tuple(group.point_from_hex(text) for text in value["commitments"]),
        proof=Proof.from_list(value["proof"]),
        confirmation=Proof.from_list(value["confirmation"]),
    )


def _check_identifier(value: Any) -> None:
    """Raises ManifestInvalid (IDENTIFIER) for everything but an identifier."""
    if not canonical.is_identifier(value):
        raise ManifestInvalid(ManifestInvalidCode.IDENTIFIER)


def _check_text(value: Any) -> None:
    """Raises ManifestInvalid (TEXT) unless `value` is 1 to MAX_TEXT characters in normal form C.

    There is one form for each text, so that titles that look the same have the same hash.
    """
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_TEXT:
        raise ManifestInvalid(ManifestInvalidCode.TEXT)
    if not unicodedata.is_normalized("NFC", value) or any(ord(c) < 32 for c in value):
        raise ManifestInvalid(ManifestInvalidCode.TEXT)
