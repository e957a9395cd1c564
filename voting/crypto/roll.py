"""The public voter roll: a pseudonymous credential and perhaps an alias for every voter.

docs/cryptography.md, section 3.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voting.crypto import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMAT = "facevote-roll-1"
MAX_ALIAS = 200


class RollInvalidError(ValueError):
    """A roll or an entry that is not in the one form that has a hash."""


@dataclass(frozen=True, slots=True, order=True)
class RollEntry:
    """One voter. `alias` is what the board shows, or empty if the board shows no names.

    Raises RollInvalidError unless the credential is an identifier and the alias has at most
    MAX_ALIAS characters in Unicode's normal form C.
    """

    credential: str
    alias: str = ""

    def __post_init__(self) -> None:
        plain = len(self.alias) <= MAX_ALIAS and unicodedata.is_normalized("NFC", self.alias)
        if not canonical.is_identifier(self.credential) or not plain:
            raise RollInvalidError("a roll entry is a credential and a short alias")


def roll_to_list(entries: Iterable[RollEntry]) -> list[list[str]]:
    """The roll as [credential, alias] pairs sorted by credential, ready for canonical JSON."""
    return [[entry.credential, entry.alias] for entry in sorted(entries)]


def roll_from_list(value: Any) -> tuple[RollEntry, ...]:
    """The roll that `roll_to_list` wrote.

    Raises RollInvalidError for any other form, for another order, and if a credential repeats.
    """
    if not isinstance(value, list):
        raise RollInvalidError("a roll is a list")
    entries = tuple(_entry(item) for item in value)
    credentials = [entry.credential for entry in entries]
    if credentials != sorted(set(credentials)):
        raise RollInvalidError("a roll is sorted and names nobody twice")
    return entries


def roll_hash(entries: Iterable[RollEntry]) -> str:
    """The SHA-256, as 64 hexadecimal digits, of the roll's canonical JSON."""
    document = {"format": FORMAT, "voters": roll_to_list(entries)}
    return hashlib.sha256(canonical.encode(document)).hexdigest()


def _entry(item: Any) -> RollEntry:
    """Raises RollInvalidError for everything but a list of two strings."""
    if not (isinstance(item, list) and len(item) == 2 and all(isinstance(x, str) for x in item)):
        raise RollInvalidError("a roll entry is a credential and an alias")
    return RollEntry(*item)
