"""The board of an election: events chained by their hashes, and signed heads of that chain.

docs/cryptography.md, section 7. Hashes are SHA-256 as 64 hexadecimal digits. An hour is a text
like "2026-11-24T09:00Z".
"""

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

START: Final = "0" * 64  # `prev` of the first event, which has no event before it
HEAD_FORMAT: Final = "facevote-head-1"


class BoardEventKind(enum.StrEnum):
    """What an event reports; the document says which may follow which."""

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
    """A line that is no event, or bytes that are no signed head."""


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
        """The SHA-256 of the line; the next event's `prev`."""
        return hashlib.sha256(self.line).hexdigest()

    @staticmethod
    def from_line(line: bytes) -> Event:
        """The event that `line` wrote; ChainBroken for all other bytes.

        Whether it continues a chain is for the caller to check.
        """
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


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A signed statement of the server: the election's first `count` events end in this hash.

    `election` is the manifest's fingerprint. `signature` is a Schnorr proof under the board key.
    """

    election: str
    count: int
    hash: str
    hour: str
    signature: Proof

    def to_json(self) -> bytes:
        """The head "facevote-head-1" as canonical JSON."""
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
        """The head that `to_json` wrote; ChainBroken for all other bytes.

        The signature is checked by `verify_head`.
        """
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
    """The server's key for signing heads: a secret scalar, which is stored sealed, and a point."""

    secret: int
    public: bytes

    @staticmethod
    def from_secret(secret: int) -> BoardKey:
        """The key of this secret scalar."""
        return BoardKey(secret, group.base(secret))


def new_board_key() -> BoardKey:
    """A key from fresh randomness."""
    return BoardKey.from_secret(group.random_scalar())


def sign_head(key: BoardKey, fingerprint: str, tip: Tip, hour: str) -> SignedHead:
    """Sign the chain that ends at `tip`, of the election with this fingerprint."""
    statement = _head_statement(key.public, fingerprint, tip, hour)
    signature = proofs.prove_possession(key.secret, statement)
    return SignedHead(fingerprint, tip.count, tip.hash, hour, signature)


def verify_head(head: SignedHead, board_key: bytes) -> bool:
    """Whether the signature holds under the point `board_key`.

    Raises ValueError if the head's election or hash is not hexadecimal, and OverflowError if its
    count is negative.
    """
    tip = Tip(head.count, head.hash)
    statement = _head_statement(board_key, head.election, tip, head.hour)
    return proofs.holds_possession(head.signature, board_key, statement)


def head_event(key: BoardKey, fingerprint: str, tip: Tip, hour: str) -> Event:
    """The next event of the chain: a head that signs all events before it."""
    head = sign_head(key, fingerprint, tip, hour)
    return tip.then(BoardEventKind.HEAD, {"signature": head.signature.to_list()}, hour)


def open_body(manifest: Manifest, roll: Iterable[RollEntry]) -> dict[str, Any]:
    """The body of the event `open`."""
    return {"manifest": manifest.to_dict(), "roll": roll_to_list(roll)}


def roll_body(
    *, add: Iterable[RollEntry], remove: Iterable[str], officials: tuple[str, str], new_hash: str
) -> dict[str, Any]:
    """The body of the event `roll`: entries added, and credentials removed.

    `officials` are the public names or pseudonyms of the two who approved the change. `new_hash` is
    the `roll_hash` of the roll after it.
    """
    return {
        "add": roll_to_list(add),
        "approved_by": list(officials),
        "remove": sorted(remove),
        "roll": new_hash,
    }


def ballot_body(ballot: Ballot, tracker: str, supersedes: str | None) -> dict[str, Any]:
    """The body of the event `ballot`.

    `supersedes` is the tracker of the voter's ballot before, or None for the first one.
    """
    return {"ballot": ballot.to_dict(), "supersedes": supersedes, "tracker": tracker}


def spoil_body(tracker: str) -> dict[str, Any]:
    """The body of the event `spoil`: the ballot with this tracker can no longer be cast."""
    return {"tracker": tracker}


def close_body(*, ballots: int, counted: int) -> dict[str, Any]:
    """The body of the event `close`: all ballots cast, and the voters who cast them."""
    return {"ballots": ballots, "counted": counted}


def hour_of(moment: dt.datetime) -> str:
    """The hour of an aware datetime, in UTC. The board shows no finer time."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:00Z")


def changed_roll(
    roll: Iterable[RollEntry], add: Iterable[RollEntry], remove: Iterable[str]
) -> tuple[tuple[RollEntry, ...], str]:
    """The roll after a change, sorted by credential, and its hash.

    Raises KeyError if a removed credential is not on the roll.
    """
    entries = {entry.credential: entry for entry in roll}
    for credential in remove:
        del entries[credential]
    entries |= {entry.credential: entry for entry in add}
    changed = tuple(sorted(entries.values()))
    return changed, roll_hash(changed)


def _head_statement(board_key: bytes, fingerprint: str, tip: Tip, hour: str) -> Statement:
    parts = (bytes.fromhex(fingerprint), u64(tip.count), bytes.fromhex(tip.hash), hour, board_key)
    return Statement("facevote-1/head", parts)
