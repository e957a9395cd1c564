"""The board of an election: hash-chained events, one canonical JSON line each, and signed heads."""

from __future__ import annotations

import datetime as dt
import enum
import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from voting.crypto import canonical, group, proofs
from voting.crypto.group import u64
from voting.crypto.proofs import Proof, Statement
from voting.crypto.roll import RollEntry, roll_hash, roll_to_list

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voting.crypto.ballot import Ballot
    from voting.crypto.manifest import Manifest

START: Final = "0" * 64  # what the first event has for the hash of the one before
HEAD_FORMAT: Final = "facevote-head-1"


class BoardEventKind(enum.StrEnum):
    OPEN = "open"
    ROLL = "roll"
    BALLOT = "ballot"
    SPOIL = "spoil"
    HEAD = "head"
    CLOSE = "close"
    TALLY = "tally"
    DECRYPTION = "decryption"
    RESULT = "result"


class ChainBroken(ValueError):
    """A line or a head that is not in its form."""


@dataclass(frozen=True)
class Event:
    seq: int
    prev: str
    kind: BoardEventKind
    hour: str
    body: dict[str, Any]

    @cached_property
    def line(self) -> bytes:
        """Without the line feed that ends it in the file."""
        return canonical.encode(
            {
                "body": self.body,
                "hour": self.hour,
                "kind": str(self.kind),
                "prev": self.prev,
                "seq": self.seq,
            }
        )

    @cached_property
    def hash(self) -> str:
        return hashlib.sha256(self.line).hexdigest()

    @staticmethod
    def from_line(line: bytes) -> Event:
        try:
            value = canonical.decode(line)
            event = Event(
                value["seq"],
                value["prev"],
                BoardEventKind(value["kind"]),
                value["hour"],
                value["body"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ChainBroken("not an event") from error
        if event.line != line:
            raise ChainBroken("not an event")
        return event


@dataclass(frozen=True, slots=True)
class Tip:
    """Where a chain ends: how many events it has and the hash of the last."""

    count: int = 0
    hash: str = START

    def then(self, kind: BoardEventKind, body: dict[str, Any], hour: str) -> Event:
        return Event(self.count, self.hash, kind, hour, body)

    @staticmethod
    def after(event: Event) -> Tip:
        return Tip(event.seq + 1, event.hash)


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A promise under the board key: the first `count` events end in this hash."""

    election: str
    count: int
    hash: str
    hour: str
    signature: Proof

    def to_json(self) -> bytes:
        return canonical.encode(
            {
                "count": self.count,
                "election": self.election,
                "format": HEAD_FORMAT,
                "hash": self.hash,
                "hour": self.hour,
                "signature": self.signature.to_list(),
            }
        )

    @staticmethod
    def from_json(data: bytes) -> SignedHead:
        try:
            value = canonical.decode(data)
            signature = Proof.from_list(value["signature"])
            head = SignedHead(
                value["election"], value["count"], value["hash"], value["hour"], signature
            )
            same = head.to_json() == data
        except (KeyError, TypeError, ValueError) as error:
            raise ChainBroken("not a head") from error
        if not same:
            raise ChainBroken("not a head")
        return head


@dataclass(frozen=True, slots=True)
class BoardKey:
    """The server's key for signing heads; `secret` is kept sealed."""

    secret: int
    public: bytes

    @staticmethod
    def from_secret(secret: int) -> BoardKey:
        return BoardKey(secret, group.base(secret))


def new_board_key() -> BoardKey:
    return BoardKey.from_secret(group.random_scalar())


def sign_head(key: BoardKey, fingerprint: str, tip: Tip, hour: str) -> SignedHead:
    statement = _head_statement(key.public, fingerprint, tip, hour)
    signature = proofs.prove_possession(key.secret, statement)
    return SignedHead(fingerprint, tip.count, tip.hash, hour, signature)


def verify_head(head: SignedHead, board_key: bytes) -> bool:
    tip = Tip(head.count, head.hash)
    statement = _head_statement(board_key, head.election, tip, head.hour)
    return proofs.holds_possession(head.signature, board_key, statement)


def head_event(key: BoardKey, fingerprint: str, tip: Tip, hour: str) -> Event:
    """The head that signs all events so far, as the next event."""
    head = sign_head(key, fingerprint, tip, hour)
    return tip.then(BoardEventKind.HEAD, {"signature": head.signature.to_list()}, hour)


def open_body(manifest: Manifest, roll: Iterable[RollEntry]) -> dict[str, Any]:
    return {"manifest": manifest.to_dict(), "roll": roll_to_list(roll)}


def roll_body(
    *, add: Iterable[RollEntry], remove: Iterable[str], officials: tuple[str, str], new_hash: str
) -> dict[str, Any]:
    """`officials` are public names or pseudonyms of the two who approved; new_hash: see roll.py."""
    return {
        "add": roll_to_list(add),
        "approved_by": list(officials),
        "remove": sorted(remove),
        "roll": new_hash,
    }


def ballot_body(ballot: Ballot, tracker: str, supersedes: str | None) -> dict[str, Any]:
    return {"ballot": ballot.to_dict(), "supersedes": supersedes, "tracker": tracker}


def spoil_body(tracker: str) -> dict[str, Any]:
    return {"tracker": tracker}


def close_body(*, ballots: int, counted: int) -> dict[str, Any]:
    return {"ballots": ballots, "counted": counted}


def hour_of(moment: dt.datetime) -> str:
    """The only time that the board shows."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:00Z")


def changed_roll(
    roll: Iterable[RollEntry], add: Iterable[RollEntry], remove: Iterable[str]
) -> tuple[tuple[RollEntry, ...], str]:
    """A roll after a change, and its hash."""
    entries = {entry.credential: entry for entry in roll}
    for credential in remove:
        del entries[credential]
    entries |= {entry.credential: entry for entry in add}
    changed = tuple(sorted(entries.values()))
    return changed, roll_hash(changed)


def _head_statement(board_key: bytes, fingerprint: str, tip: Tip, hour: str) -> Statement:
    parts = (bytes.fromhex(fingerprint), u64(tip.count), bytes.fromhex(tip.hash), hour, board_key)
    return Statement("facevote-1/head", parts)
