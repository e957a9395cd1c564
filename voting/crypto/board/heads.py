"""Signed heads: what the server says of the chain, under the board key.

docs/cryptography.md, section 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from voting.crypto import canonical, group, proofs, times
from voting.crypto.board.chain import BoardEventKind, ChainBroken, Event, Tip
from voting.crypto.group import u64
from voting.crypto.proofs import Proof, Statement

FORMAT: Final = "facevote-head-2"


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

    def to_dict(self) -> dict[str, Any]:
        """The head "facevote-head-2", ready for canonical JSON."""
        return {
            "count": self.count,
            "election": self.election,
            "format": FORMAT,
            "hash": self.hash,
            "hour": self.hour,
            "signature": self.signature.to_list(),
        }

    def to_json(self) -> bytes:
        """The head as canonical JSON."""
        return canonical.encode(self.to_dict())

    @staticmethod
    def from_json(data: bytes) -> SignedHead:
        """The head that `to_json` wrote; ChainBroken for all other bytes.

        The signature is checked by `verify_head`.
        """
        try:
            return SignedHead.from_dict(canonical.decode(data))
        except canonical.NotCanonicalError as error:
            raise ChainBroken("not a head") from error

    @staticmethod
    def from_dict(value: Any) -> SignedHead:
        """The head of decoded canonical JSON; ChainBroken for everything else."""
        try:
            head = SignedHead(
                election=group.bytes_from_hex(value["election"]).hex(),
                count=value["count"],
                hash=group.bytes_from_hex(value["hash"]).hex(),
                hour=value["hour"],
                signature=Proof.from_list(value["signature"]),
            )
            same = canonical.same(head.to_dict(), value)
        except (KeyError, TypeError, ValueError) as error:
            raise ChainBroken("not a head") from error
        if not (same and canonical.is_integer(head.count, 1) and times.is_hour(head.hour)):
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
    statement = chain_statement("facevote-2/head", key.public, fingerprint, tip, hour)
    signature = proofs.prove_possession(key.secret, statement)
    return SignedHead(fingerprint, tip.count, tip.hash, hour, signature)


def verify_head(head: SignedHead, board_key: bytes) -> bool:
    """Whether the signature holds under the point `board_key`."""
    tip = Tip(head.count, head.hash)
    statement = chain_statement("facevote-2/head", board_key, head.election, tip, head.hour)
    return proofs.holds_possession(head.signature, board_key, statement)


def head_event(key: BoardKey, fingerprint: str, tip: Tip, hour: str) -> Event:
    """The next event of the chain: a head that signs all events before it."""
    head = sign_head(key, fingerprint, tip, hour)
    return tip.then(BoardEventKind.HEAD, {"signature": head.signature.to_list()}, hour)


def chain_statement(tag: str, key: bytes, fingerprint: str, tip: Tip, hour: str) -> Statement:
    """What a signature about the end of a chain covers; ends with the signer's key."""
    parts = (bytes.fromhex(fingerprint), u64(tip.count), bytes.fromhex(tip.hash), hour, key)
    return Statement(tag, parts)
