"""What the board key and the witnesses have signed: heads, statements, receipts, and forks.

docs/cryptography.md, section 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.rules.proofs import check_signature, sign
from verifier.rules.strict import HEX, MAX_NUMBER, dump, keys, require, sha256, text, whole
from verifier.rules.texts import hour

if TYPE_CHECKING:
    from verifier.rules.manifest import Manifest
    from verifier.rules.strict import Json

HEAD = "count election format hash hour signature"
EVENT = "body hour kind prev seq"


@dataclass(frozen=True, slots=True)
class Statement:
    """Somebody's word that the first `count` events end in the event with this hash.

    `witness` is its number, or 0 for the board key.
    """

    count: int
    hash: str
    hour: str
    witness: int
    signature: Json

    def published(self, manifest: Manifest) -> Json:
        """The statement in the form that it has elsewhere than on the board."""
        name = "witness" if self.witness else "head"
        value = {
            "count": self.count,
            "election": manifest.fingerprint,
            "format": f"facevote-{name}-{manifest.number}",
            "hash": self.hash,
            "hour": self.hour,
            "signature": self.signature,
        }
        return value | ({"witness": self.witness} if self.witness else {})


def check(manifest: Manifest, statement: Statement) -> None:
    """Check the values and the signature of a statement. Raises Problem or another of FAULTS."""
    whole(statement.count, 1, MAX_NUMBER)
    digest = bytes.fromhex(text(statement.hash, HEX))
    parts = (manifest.fingerprint_bytes, statement.count, digest, hour(statement.hour))
    key, name = manifest.board_key, "head"
    if statement.witness:
        index = whole(statement.witness, 1, len(manifest.witnesses)) - 1
        key, name = manifest.witnesses[index].key, "witness"
    check_signature(statement.signature, key, manifest.tag(name), *parts)


def witnessed(
    manifest: Manifest, secret: int, witness: int, chain_end: tuple[int, str], now: str
) -> Statement:
    """A statement under the key of witness number `witness`, of a chain's length and last hash."""
    count, last = chain_end
    parts = (manifest.fingerprint_bytes, count, bytes.fromhex(last), now)
    signature = sign(secret, manifest.tag("witness"), *parts)
    return Statement(count, last, now, witness, signature)


def read_published(manifest: Manifest, value: Json) -> tuple[Statement, str]:
    """A published head, witness's statement or receipt, and the kind of it.

    A line of another copy of the board will do, too, if it has a signature. Problem for all else.
    """
    if isinstance(value, dict) and sorted(value) == EVENT.split():
        return _read_event(value)
    require(isinstance(value, dict), "neither a head nor a witness's statement nor a receipt")
    name, number = value.get("format"), manifest.number
    if name == f"facevote-receipt-{number}":
        return _read_receipt(manifest, value), "receipt"
    if name == f"facevote-witness-{number}":
        return _read_statement(manifest, keys(value, f"{HEAD} witness")), "witness's statement"
    require(name == f"facevote-head-{number}", "neither a head nor a statement nor a receipt")
    return _read_statement(manifest, keys(value, HEAD)), "published head"


def _read_statement(manifest: Manifest, value: Json) -> Statement:
    own = value["election"] == manifest.fingerprint
    require(own, "a statement about another election")
    number = whole(value["witness"], 1, MAX_NUMBER) if "witness" in value else 0
    return Statement(value["count"], value["hash"], value["hour"], number, value["signature"])


def _read_event(value: Json) -> tuple[Statement, str]:
    """The statement that stands on another copy of the board."""
    body = value["body"]
    if value["kind"] == "witness":
        keys(body, "count hash hour signature witness")
        found = Statement(
            body["count"],
            body["hash"],
            body["hour"],
            whole(body["witness"], 1, MAX_NUMBER),
            body["signature"],
        )
        return found, "witness's statement"
    require(value["kind"] == "head", "an event without a signature")
    signature = keys(body, "signature")["signature"]
    found = Statement(value["seq"], value["prev"], value["hour"], 0, signature)
    return found, "published head"


def _read_receipt(manifest: Manifest, value: Json) -> Statement:
    """The head of a receipt, which ends in the event of the voter's ballot."""
    keys(value, "event format head")
    event = keys(value["event"], EVENT)
    found, kind = read_published(manifest, value["head"])
    require(kind == "published head", "a receipt without a head")
    require(event["kind"] == "ballot", "a receipt of something else than a ballot")
    right = found.hash == sha256(dump(event)) and found.count == event["seq"] + 1
    require(right, "the receipt's head does not end in its event")
    return found


class Statements:
    """All statements on the board, and those that were published elsewhere."""

    def __init__(self, manifest: Manifest, hashes: list[str]) -> None:
        self.heads = 0  # on the board
        self.witnessed = 0
        self.published: dict[str, int] = {}  # by kind
        self.forks: list[tuple[Statement, Statement]] = []
        self._first: dict[int, Statement] = {}  # one for each count
        self._hashes = hashes  # of every line so far
        self._after_close: set[int] = set()
        self._close: int | None = None
        self._manifest = manifest

    def read_head(self, body: Json, now: str) -> None:
        """A `head` event, which signs all events before it."""
        signature = keys(body, "signature")["signature"]
        head = Statement(len(self._hashes) - 1, self._hashes[-2], now, 0, signature)
        check(self._manifest, head)
        self.heads += 1
        self._remember(head)

    def read_witness(self, body: Json) -> None:
        """A `witness` event. Raises Problem or another of FAULTS."""
        keys(body, "count hash hour signature witness")
        number = whole(body["witness"], 1, max(1, len(self._manifest.witnesses)))
        count = whole(body["count"], 1, len(self._hashes) - 1)
        statement = Statement(count, body["hash"], body["hour"], number, body["signature"])
        check(self._manifest, statement)
        require(self._hashes[count - 1] == statement.hash, "witnesses another history")
        self.witnessed += 1
        self._remember(statement)
        if self._close is not None and count > self._close:
            self._after_close.add(number)

    def closed(self) -> None:
        """The line that was read last is the `close` event."""
        self._close = len(self._hashes) - 1

    @property
    def has_quorum(self) -> bool:
        """Whether enough witnesses have signed the close so far."""
        return len(self._after_close) >= self._manifest.quorum

    def check_published(self, value: Json) -> str:
        """Check that a statement from elsewhere is signed and lies on this chain.

        Returns its kind. Raises Problem or another of FAULTS.
        """
        statement, kind = read_published(self._manifest, value)
        check(self._manifest, statement)
        self.published[kind] = self.published.get(kind, 0) + 1
        self._remember(statement)
        missing = f"promises {statement.count} events: the tail is missing"
        require(statement.count <= len(self._hashes), missing)
        require(self._hashes[statement.count - 1] == statement.hash, "promises another history")
        return kind

    def fork_proof(self, first: Statement, second: Statement) -> list[str]:
        """The two lines that prove a fork, each as it was published."""
        return [dump(one.published(self._manifest)).decode() for one in (first, second)]

    def _remember(self, statement: Statement) -> None:
        """Two statements of the same count with different hashes are the proof of a fork."""
        known = self._first.setdefault(statement.count, statement)
        if known.hash != statement.hash:
            self.forks.append((known, statement))


def statements_in(lines: list[Json]) -> list[Json]:
    """Those of the lines of a file that carry a signature: of a copy of a board, not all do."""
    return [line for line in lines if not _is_other_event(line)]


def _is_other_event(value: Json) -> bool:
    if not isinstance(value, dict) or sorted(value) != EVENT.split():
        return False
    return value["kind"] not in ("head", "witness")
