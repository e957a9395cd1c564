"""Signed heads of boards, to be published where this server has no control."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voting.board.reading import public_events
from voting.crypto import canonical
from voting.crypto.board import heads
from voting.crypto.board.chain import BoardEventKind, Event, Tip
from voting.keys import sealed

if TYPE_CHECKING:
    from voting.models import BoardEvent, Election


def public_head(election: Election) -> bytes | None:
    """A signed head, as canonical JSON, of the public part of the board.

    None before the election has opened.
    """
    events = public_events(election)
    if not election.is_format_2:  # nothing is signed in the older format any more
        on_board = events.filter(kind=BoardEventKind.HEAD).last()
        return head_of_event(election, on_board) if on_board else None
    last = events.last()
    if last is None:
        return None
    tip = Tip(last.seq + 1, last.hash)
    key = sealed.board_key(election)
    return heads.sign_head(key, election.fingerprint, tip, election.board.hour).to_json()


def head_of_event(election: Election, row: BoardEvent) -> bytes:
    """The head that stands on the board as this event, as canonical JSON."""
    event = Event.from_line(bytes(row.line))
    return canonical.encode(
        {
            "count": event.seq,
            "election": election.fingerprint,
            "format": "facevote-head-2" if election.is_format_2 else "facevote-head-1",
            "hash": event.prev,
            "hour": event.hour,
            "signature": event.body["signature"],
        }
    )
