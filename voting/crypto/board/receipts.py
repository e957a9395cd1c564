"""The receipt of a cast ballot: its event on the board, and a signed head that ends in it.

docs/cryptography.md, section 7. A board without this event contradicts the server's own signature.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from voting.crypto import canonical
from voting.crypto.board.chain import BoardEventKind, ChainBroken, Event, Tip
from voting.crypto.board.heads import SignedHead, sign_head, verify_head

if TYPE_CHECKING:
    from voting.crypto.board.heads import BoardKey
    from voting.crypto.manifest import Manifest

FORMAT: Final = "facevote-receipt-2"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The event of one ballot, and the head that the server has signed for it."""

    event: Event
    head: SignedHead

    def to_dict(self) -> dict[str, Any]:
        """The receipt "facevote-receipt-2", ready for canonical JSON."""
        return {"event": self.event.to_dict(), "format": FORMAT, "head": self.head.to_dict()}

    def to_json(self) -> bytes:
        """The receipt as canonical JSON."""
        return canonical.encode(self.to_dict())

    @staticmethod
    def from_json(data: bytes) -> Receipt:
        """The receipt that `to_json` wrote; ChainBroken for all other bytes.

        Whether it is right is checked by `holds_receipt`.
        """
        try:
            value = canonical.decode(data)
            receipt = Receipt(Event.from_dict(value["event"]), SignedHead.from_dict(value["head"]))
            same = receipt.to_json() == data
        except (KeyError, TypeError, ValueError) as error:
            raise ChainBroken("not a receipt") from error
        if not same:
            raise ChainBroken("not a receipt")
        return receipt


def sign_receipt(key: BoardKey, fingerprint: str, event: Event) -> Receipt:
    """The receipt for the event of a ballot, signed under the board key."""
    return Receipt(event, sign_head(key, fingerprint, Tip.after(event), event.hour))


def holds_receipt(receipt: Receipt, manifest: Manifest, tracker: str) -> bool:
    """Whether the server has signed that the ballot with this tracker is on the board."""
    event, head = receipt.event, receipt.head
    return (
        head.election == manifest.fingerprint
        and (head.count, head.hash) == (event.seq + 1, event.hash)
        and event.kind is BoardEventKind.BALLOT
        and event.body.get("tracker") == tracker
        and verify_head(head, manifest.board_key)
    )
