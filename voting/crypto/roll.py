"""The public voter roll: for every voter a credential, and perhaps an alias, a group and a key.

docs/cryptography.md, section 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from voting.crypto import canonical, group, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FORMAT: Final = "facevote-roll-2"
MAX_VOTERS: Final = 1_000_000


class RollInvalidError(ValueError):
    """A roll or an entry that is not in the one form that has a hash."""


@dataclass(frozen=True, slots=True, order=True)
class RollEntry:
    """One voter.

    `alias` is what the board shows, or empty if the board shows no names. `group` decides which
    contests the voter votes in. With registrars, `credential` is the first registrar's point of
    this voter in hexadecimal, and `keys` has the second registrar's, if there is a second.

    Raises RollInvalidError unless the credential is an identifier, the keys are points, and alias
    and group are plain texts or empty.
    """

    credential: str
    alias: str = ""
    group: str = ""
    keys: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        plain = (not self.alias or text.is_plain(self.alias, text.MAX_NAME)) and (
            not self.group or text.is_plain(self.group, text.MAX_GROUP)
        )
        if not plain or not canonical.is_identifier(self.credential):
            raise RollInvalidError("a roll entry is a credential, a short alias and a group")
        for key in self.keys:
            _require_point(key)

    @property
    def points(self) -> tuple[str, ...]:
        """The point of each registrar, in their order, if the credential is one."""
        return (self.credential, *self.keys)

    def to_list(self) -> list[Any]:
        """The row of the roll, ready for canonical JSON."""
        return [self.credential, self.alias, self.group, list(self.keys)]


def roll_to_list(entries: Iterable[RollEntry]) -> list[list[Any]]:
    """The roll as rows sorted by credential, ready for canonical JSON."""
    return [entry.to_list() for entry in sorted(entries)]


def roll_from_list(value: Any, registrars: int = 0) -> tuple[RollEntry, ...]:
    """The roll that `roll_to_list` wrote, of an election with this number of registrars.

    Raises RollInvalidError for any other form, for another order, for too many voters, and if a
    credential or a point repeats.
    """
    if not isinstance(value, list) or len(value) > MAX_VOTERS:
        raise RollInvalidError("a roll is a list")
    entries = tuple(_entry(item) for item in value)
    require_roll(entries, registrars)
    return entries


def require_roll(entries: Sequence[RollEntry], registrars: int) -> None:
    """Raises RollInvalidError unless this is the sorted roll of an election with `registrars`."""
    credentials = [entry.credential for entry in entries]
    if credentials != sorted(set(credentials)):
        raise RollInvalidError("a roll is sorted and names nobody twice")
    keys = [key for entry in entries for key in entry.keys]
    if len(set(keys)) != len(keys) or not set(keys).isdisjoint(credentials):
        raise RollInvalidError("a point stands for one voter and one registrar only")
    for entry in entries:
        if len(entry.keys) != max(0, registrars - 1):
            raise RollInvalidError("a roll entry has one point for each registrar")
        if registrars:
            _require_point(entry.credential)


def roll_hash(entries: Iterable[RollEntry]) -> str:
    """The SHA-256, as 64 hexadecimal digits, of the roll's canonical JSON."""
    return canonical.sha({"format": FORMAT, "voters": roll_to_list(entries)})


def changed_roll(
    roll: Iterable[RollEntry], add: Iterable[RollEntry], remove: Iterable[str]
) -> tuple[tuple[RollEntry, ...], str]:
    """The roll after a change, sorted by credential, and its hash: first removed, then added.

    Raises KeyError if a removed credential is not on the roll.
    """
    entries = {entry.credential: entry for entry in roll}
    for credential in remove:
        del entries[credential]
    entries |= {entry.credential: entry for entry in add}
    changed = tuple(sorted(entries.values()))
    return changed, roll_hash(changed)


def _entry(item: Any) -> RollEntry:
    """Raises RollInvalidError for everything but a row."""
    if not (isinstance(item, list) and len(item) == 4 and isinstance(item[3], list)):
        raise RollInvalidError("a roll entry is a credential, an alias, a group and keys")
    if not all(isinstance(part, str) for part in (*item[:3], *item[3])):
        raise RollInvalidError("a roll entry is made of texts")
    credential, alias, group_, keys = item
    return RollEntry(credential, alias, group_, tuple(keys))


def _require_point(value: str) -> None:
    try:
        group.point_from_hex(value)
    except group.GroupError as error:
        raise RollInvalidError("a key is a point") from error
