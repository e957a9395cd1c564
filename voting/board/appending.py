"""Appending to the board: one writer at a time, and each event chained to the one before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voting.crypto import times
from voting.crypto.board import heads
from voting.crypto.board.chain import START, BoardEventKind, Event, Tip
from voting.keys import sealed
from voting.models import Board, BoardEvent

if TYPE_CHECKING:
    import datetime as dt

    from voting.models import Election


class BoardMoved(RuntimeError):
    """Somebody else appended in the meantime: the caller's transaction must be rolled back."""


def begin(election: Election) -> None:
    """Create the empty board of an election that opens."""
    Board.objects.create(election=election, count=0, hash=START)


def lock(election: Election) -> Board:
    """The board, locked until the transaction ends. Every write to the ballot box begins here."""
    return Board.objects.select_for_update().get(election=election)


def append(
    board: Board, kind: BoardEventKind, body: dict[str, Any], now: dt.datetime, *, tracker: str = ""
) -> Event:
    """Append an event. The caller holds the lock of the board. Raises BoardMoved."""
    hour = max(board.hour, times.hour_of(now))
    return _append(board, Tip(board.count, board.hash).then(kind, body, hour), tracker)


def append_head(board: Board, now: dt.datetime) -> Event:
    """Append a signature over everything that is on the board so far. Raises BoardMoved."""
    election = board.election
    hour = max(board.hour, times.hour_of(now))
    key = sealed.board_key(election)
    tip = Tip(board.count, board.hash)
    return _append(board, heads.head_event(key, election.fingerprint, tip, hour), "")


def _append(board: Board, event: Event, tracker: str) -> Event:
    BoardEvent.objects.create(
        election_id=board.election_id,
        seq=event.seq,
        kind=event.kind,
        tracker=tracker,
        prev=event.prev,
        hash=event.hash,
        line=event.line,
    )
    after = Tip.after(event)
    moved = Board.objects.filter(pk=board.pk, count=board.count, hash=board.hash).update(
        count=after.count, hash=after.hash, hour=event.hour
    )
    if moved != 1:
        raise BoardMoved
    board.count, board.hash, board.hour = after.count, after.hash, event.hour
    return event
