"""The public voter roll: pseudonymous credentials and what the board may show of their owners."""

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
    """A roll that is not in its one form."""


@dataclass(frozen=True, slots=True, order=True)
class RollEntry:
    credential: str
    alias: str = ""

    def __post_init__(self) -> None:
        plain = len(self.alias) <= MAX_ALIAS and unicodedata.is_normalized("NFC", self.alias)
        if not canonical.is_identifier(self.credential) or not plain:
            raise RollInvalidError("a roll entry is a credential and a short alias")


def roll_to_list(entries: Iterable[RollEntry]) -> list[list[str]]:
    return [[entry.credential, entry.alias] for entry in sorted(entries)]


def roll_from_list(value: Any) -> tuple[RollEntry, ...]:
    """Sorted and without a credential twice, as `roll_to_list` writes it."""
    if not isinstance(value, list):
        raise RollInvalidError("a roll is a list")
    entries = tuple(_entry(item) for item in value)
    credentials = [entry.credential for entry in entries]
    if credentials != sorted(set(credentials)):
        raise RollInvalidError("a roll is sorted and names nobody twice")
    return entries


def roll_hash(entries: Iterable[RollEntry]) -> str:
    document = {"format": FORMAT, "voters": roll_to_list(entries)}
    return hashlib.sha256(canonical.encode(document)).hexdigest()


def _entry(item: Any) -> RollEntry:
    if not (isinstance(item, list) and len(item) == 2 and all(isinstance(x, str) for x in item)):
        raise RollInvalidError("a roll entry is a credential and an alias")
    return RollEntry(*item)
