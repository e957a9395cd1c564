"""The manifest: everything about an election that freezing fixes, and its fingerprint.

docs/cryptography.md, section 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from voting.crypto import canonical, group, text, times
from voting.crypto.contests import (
    Contest,
    ManifestInvalid,
    ManifestInvalidCode,
    Texts,
    check_identifier,
    check_texts,
    optional_texts,
    texts_from_dict,
    texts_to_dict,
)
from voting.crypto.policies import (
    EVERY_BALLOT,
    MAX_REGISTRARS,
    NO_WITNESSES,
    FacePolicy,
    Purpose,
    Registrar,
    VoterDisplay,
    Witnesses,
)
from voting.crypto.trustees.key import KeySetup
from voting.crypto.trustees.registration import verification_keys
from voting.crypto.trustees.terms import TrusteeRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMAT: Final = "facevote-election-2"
MAX_CONTESTS: Final = 100
MAX_LANGUAGES: Final = 20
MAX_LEAST: Final = 1_000_000


@dataclass(frozen=True)
class Manifest:
    """A frozen election.

    `board_key` is the point for which heads are signed, `roll` the hash of the roll (see roll.py).
    `revote` says whether a voter may cast again. A contest with fewer than `least` counted ballots
    is not decrypted. `opens` and `closes` are moments, or empty if people open and close by hand.

    Raises ManifestInvalid with the code that says which part no election can have.
    """

    id: str
    languages: tuple[str, ...]
    title: Texts
    contests: tuple[Contest, ...]
    key: KeySetup
    board_key: bytes
    roll: str
    revote: bool
    voters: VoterDisplay
    description: Texts | None = None
    opens: str = ""
    closes: str = ""
    face: FacePolicy = EVERY_BALLOT
    least: int = 1
    purpose: Purpose = Purpose.REAL
    registrars: tuple[Registrar, ...] = ()
    witnesses: Witnesses = NO_WITNESSES

    def __post_init__(self) -> None:
        check_identifier(self.id)
        check_texts(self.title, text.require_plain)
        check_texts(self.description, text.require_long, optional=True)
        ids = {contest.id for contest in self.contests}
        if not 1 <= len(ids) <= MAX_CONTESTS or len(ids) != len(self.contests):
            raise ManifestInvalid(ManifestInvalidCode.IDENTIFIER)
        if not canonical.is_integer(self.least, 1, MAX_LEAST):
            raise ManifestInvalid(ManifestInvalidCode.LIMITS)
        self._check_languages()
        self._check_times()
        keys = {registrar.key for registrar in self.registrars}
        if len(keys) != len(self.registrars) or len(keys) > MAX_REGISTRARS:
            raise ManifestInvalid(ManifestInvalidCode.PEOPLE)
        if group.IDENTITY in (self.board_key, *keys):
            raise ManifestInvalid(ManifestInvalidCode.KEY)
        witnesses = [witness.key for witness in self.witnesses.list]
        everybody = [self.board_key, self.public_key, *keys, *witnesses]
        if len(set(everybody)) != len(everybody):
            raise ManifestInvalid(ManifestInvalidCode.KEY)

    def _check_languages(self) -> None:
        languages = list(self.languages)
        if not 1 <= len(languages) <= MAX_LANGUAGES or languages != sorted(set(languages)):
            raise ManifestInvalid(ManifestInvalidCode.LANGUAGES)
        if not all(canonical.is_identifier(language) for language in languages):
            raise ManifestInvalid(ManifestInvalidCode.LANGUAGES)
        if any(texts.keys() != set(languages) for texts in self._texts()):
            raise ManifestInvalid(ManifestInvalidCode.LANGUAGES)

    def _check_times(self) -> None:
        for moment in (self.opens, self.closes):
            if moment and not times.is_moment(moment):
                raise ManifestInvalid(ManifestInvalidCode.TIMES)
        if self.opens and self.closes and self.opens >= self.closes:
            raise ManifestInvalid(ManifestInvalidCode.TIMES)

    def _texts(self) -> Iterator[Texts]:
        """All texts of the manifest."""
        for texts in (self.title, self.description):
            if texts is not None:
                yield texts
        for contest in self.contests:
            parts = [contest.title, contest.description]
            for choice in contest.choices:
                parts += [choice.title, choice.party, choice.statement]
            yield from (part for part in parts if part is not None)

    @property
    def public_key(self) -> bytes:
        """The point K that ballots are encrypted for."""
        return self.key.public_key

    @cached_property
    def verification_keys(self) -> tuple[bytes, ...]:
        """The point V_j of each trustee, from trustee 1 on, computed from all commitments."""
        return verification_keys(
            [trustee.registration.commitments for trustee in self.key.trustees]
        )

    @cached_property
    def fingerprint(self) -> str:
        """The SHA-256 of the manifest's canonical JSON, as 64 hexadecimal digits."""
        return canonical.sha(self.to_dict())

    def contest(self, contest_id: str) -> Contest:
        """The contest with this id. Raises StopIteration if there is none."""
        return next(contest for contest in self.contests if contest.id == contest_id)

    def contests_of(self, voters_group: str) -> tuple[Contest, ...]:
        """The contests in which voters of this group of the roll vote, in the manifest's order."""
        return tuple(contest for contest in self.contests if contest.is_for(voters_group))

    def to_json(self) -> bytes:
        """The canonical bytes."""
        return canonical.encode(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """The manifest "facevote-election-2", ready for canonical JSON."""
        return {
            "board_key": self.board_key.hex(),
            "closes": self.closes or None,
            "contests": [contest.to_dict() for contest in self.contests],
            "description": texts_to_dict(self.description),
            "face": self.face.to_dict(),
            "format": FORMAT,
            "id": self.id,
            "key": self.key.to_dict(),
            "languages": list(self.languages),
            "least": self.least,
            "opens": self.opens or None,
            "purpose": str(self.purpose),
            "registrars": [registrar.to_dict() for registrar in self.registrars],
            "revote": self.revote,
            "roll": self.roll,
            "title": texts_to_dict(self.title),
            "voters": str(self.voters),
            "witnesses": self.witnesses.to_dict(),
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
            same = canonical.same(manifest.to_dict(), value)
        except ManifestInvalid:
            raise
        except TrusteeRefused as error:
            raise ManifestInvalid(ManifestInvalidCode.KEY) from error
        except text.TextInvalid as error:
            raise ManifestInvalid(ManifestInvalidCode.TEXT) from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ManifestInvalid(ManifestInvalidCode.FORM) from error
        if not same:
            raise ManifestInvalid(ManifestInvalidCode.FORM)
        return manifest


def _manifest_from_dict(value: Any) -> Manifest:
    """Raises one of the exceptions that `Manifest.from_dict` turns into ManifestInvalid."""
    if type(value["revote"]) is not bool:
        raise ManifestInvalid(ManifestInvalidCode.FORM)
    return Manifest(
        id=value["id"],
        languages=tuple(value["languages"]),
        title=texts_from_dict(value["title"]),
        contests=tuple(Contest.from_dict(item) for item in value["contests"]),
        key=KeySetup.from_dict(value["key"]),
        board_key=group.point_from_hex(value["board_key"]),
        roll=group.bytes_from_hex(value["roll"]).hex(),
        revote=value["revote"],
        voters=VoterDisplay(value["voters"]),
        description=optional_texts(value["description"]),
        opens=value["opens"] or "",
        closes=value["closes"] or "",
        face=FacePolicy.from_dict(value["face"]),
        least=value["least"],
        purpose=Purpose(value["purpose"]),
        registrars=tuple(Registrar.from_dict(item) for item in value["registrars"]),
        witnesses=Witnesses.from_dict(value["witnesses"]),
    )
