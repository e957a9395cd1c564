"""What a manifest says besides the ballot: how faces are checked, who else watches and signs.

docs/cryptography.md, section 3.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any, Final

from voting.crypto import canonical, group, text
from voting.crypto.contests import ManifestInvalid, ManifestInvalidCode
from voting.crypto.proofs import Proof

MAX_REGISTRARS: Final = 2
MAX_WITNESSES: Final = 20


class VoterDisplay(enum.StrEnum):
    """Whether the board shows an alias of each voter."""

    ALIAS = "alias"
    HIDDEN = "hidden"


class Purpose(enum.StrEnum):
    """Whether the election is to be taken for one."""

    REAL = "real"
    REHEARSAL = "rehearsal"


class Movements(enum.StrEnum):
    """When a face step asks for movements."""

    ALWAYS = "always"
    UNSURE = "unsure"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class FacePolicy:
    """Whether each ballot needs a face step of its own, and when it asks for movements."""

    each_ballot: bool
    movements: Movements

    def to_dict(self) -> dict[str, Any]:
        return {"each_ballot": self.each_ballot, "movements": str(self.movements)}

    @staticmethod
    def from_dict(value: Any) -> FacePolicy:
        """Raises ManifestInvalid, KeyError, TypeError or ValueError for a wrong form."""
        if type(value["each_ballot"]) is not bool:
            raise ManifestInvalid(ManifestInvalidCode.FORM)
        return FacePolicy(value["each_ballot"], Movements(value["movements"]))


EVERY_BALLOT: Final = FacePolicy(each_ballot=True, movements=Movements.ALWAYS)


@dataclass(frozen=True, slots=True)
class Registrar:
    """Who hands the voters the codes that sign ballots. `signature` covers all its points."""

    name: str
    key: bytes
    signature: Proof

    def __post_init__(self) -> None:
        text.require_plain(self.name, text.MAX_NAME)

    def to_dict(self) -> dict[str, Any]:
        return {
            "key": self.key.hex(),
            "name": self.name,
            "signature": self.signature.to_list(),
        }

    @staticmethod
    def from_dict(value: Any) -> Registrar:
        """Raises KeyError, TypeError or ValueError for a wrong form."""
        return Registrar(
            value["name"],
            group.point_from_hex(value["key"]),
            Proof.from_list(value["signature"]),
        )


@dataclass(frozen=True, slots=True)
class Witness:
    """Who signs the heads of the board that it has seen."""

    name: str
    key: bytes

    def __post_init__(self) -> None:
        text.require_plain(self.name, text.MAX_NAME)

    def to_dict(self) -> dict[str, Any]:
        return {"key": self.key.hex(), "name": self.name}


@dataclass(frozen=True, slots=True)
class Witnesses:
    """All witnesses, numbered from 1, and how many must have signed the close before the count.

    Raises ManifestInvalid (PEOPLE) for too many, for two of one key or name, and unless
    0 <= quorum <= number of witnesses.
    """

    list: tuple[Witness, ...] = ()
    quorum: int = 0

    def __post_init__(self) -> None:
        count = len(self.list)
        keys = {witness.key for witness in self.list}
        names = {witness.name for witness in self.list}
        if count > MAX_WITNESSES or not len(keys) == len(names) == count:
            raise ManifestInvalid(ManifestInvalidCode.PEOPLE)
        if not canonical.is_integer(self.quorum, 0, count):
            raise ManifestInvalid(ManifestInvalidCode.PEOPLE)

    def to_dict(self) -> dict[str, Any]:
        return {"list": [witness.to_dict() for witness in self.list], "quorum": self.quorum}

    @staticmethod
    def from_dict(value: Any) -> Witnesses:
        """Raises ManifestInvalid, KeyError, TypeError or ValueError for a wrong form."""
        witnesses = (
            Witness(item["name"], group.point_from_hex(item["key"])) for item in value["list"]
        )
        return Witnesses(tuple(witnesses), value["quorum"])


NO_WITNESSES: Final = Witnesses()
