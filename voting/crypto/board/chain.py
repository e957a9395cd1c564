"""The board of an election: events that are chained by their hashes.

docs/cryptography.md, section 7. Hashes are SHA-256 as 64 hexadecimal digits. An hour is a text
like "2026-11-24T09:00Z".
"""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from voting.crypto import canonical, group, times

START: Final = "0" * 64  # `prev` of the first event, which has no event before it
MAX_LINE: Final = 4 * 1024 * 1024
MAX_ROLL_LINE: Final = 512 * 1024 * 1024


class BoardEventKind(enum.StrEnum):
    """What an event reports; the document says which may follow which."""

    OPEN = "open"
    ENDORSE = "endorse"
    WAIVE = "waive"
    ROLL = "roll"
    OVERRIDE = "override"
    EXTEND = "extend"
    BALLOT = "ballot"
    SPOIL = "spoil"
    CLOSE = "close"
    TALLY = "tally"
    DECRYPTION = "decryption"
    RESULT = "result"
    FORGET = "forget"
    HEAD = "head"
    WITNESS = "witness"


# Only these carry a roll. Every other line has at most MAX_LINE bytes.
LONG_KINDS: Final = frozenset({BoardEventKind.OPEN, BoardEventKind.ROLL})


class ChainBroken(ValueError):
    """A line that is no event, or bytes that are no signed statement about a chain."""


@dataclass(frozen=True)
class Event:
    """One event of the board.

    `seq` counts from 0. `prev` is the hash of the event before. The form of `body` depends on
    `kind`.
    """

    seq: int
    prev: str
    kind: BoardEventKind
    hour: str
    body: dict[str, Any]

    @cached_property
    def line(self) -> bytes:
        """The event as canonical JSON, without the line feed that ends it in the file.

        Raises NotCanonicalError if the body has no canonical form.
        """
        return canonical.encode(self.to_dict())

    @cached_property
    def hash(self) -> str:
        """The SHA-256 of the line; the next event's `prev`."""
        return hashlib.sha256(self.line).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """The event as canonical JSON writes it."""
        return {
            "body": self.body,
            "hour": self.hour,
            "kind": str(self.kind),
            "prev": self.prev,
            "seq": self.seq,
        }

    @staticmethod
    def from_line(line: bytes) -> Event:
        """The event that `line` wrote; ChainBroken for all other bytes.

        Whether it continues a chain, and whether the body is right, is for the caller to check.
        """
        try:
            return Event.from_dict(canonical.decode(line))
        except canonical.NotCanonicalError as error:
            raise ChainBroken("not an event") from error

    @staticmethod
    def from_dict(value: Any) -> Event:
        """The event of decoded canonical JSON; ChainBroken for everything else."""
        try:
            event = Event(
                value["seq"],
                group.bytes_from_hex(value["prev"]).hex(),
                BoardEventKind(value["kind"]),
                value["hour"],
                value["body"],
            )
            longest = MAX_ROLL_LINE if event.kind in LONG_KINDS else MAX_LINE
            right = (
                canonical.has_keys(value, "body", "hour", "kind", "prev", "seq")
                and canonical.is_integer(event.seq, 0)
                and times.is_hour(event.hour)
                and isinstance(event.body, dict)
                and len(event.line) <= longest
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ChainBroken("not an event") from error
        if not right:
            raise ChainBroken("not an event")
        return event


@dataclass(frozen=True, slots=True)
class Tip:
    """The end of a chain: the number of its events and the hash of the last one."""

    count: int = 0
    hash: str = START

    def then(self, kind: BoardEventKind, body: dict[str, Any], hour: str) -> Event:
        """The next event of this chain."""
        return Event(self.count, self.hash, kind, hour, body)

    @staticmethod
    def after(event: Event) -> Tip:
        """The end of a chain whose last event is this one."""
        return Tip(event.seq + 1, event.hash)
