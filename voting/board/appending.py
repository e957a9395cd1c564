"""Appending to the board: one writer at a time, each event on top of the last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voting.crypto import chain
from voting.crypto.chain import BoardEventKind, Event, Tip
from voting.keys import sealed
from voting.models import Board, BoardEvent

if TYPE_CHECKING:
    import datetime as dt

    from voting.crypto.chain import SignedHead
    from voting.models import Election


class BoardMoved(RuntimeError):
    """Somebody appended in between: the caller's transaction must be rolled back."""


def begin(election: Election) -> None:
    Board.objects.create(election=election, count=0, hash=chain.START)


def lock(election: Election) -> Board:
    """The board, held until the end of the transaction. Every write to the box begins here."""
    return Board.objects.select_for_update().get(election=election)


def append(
    board: Board, kind: BoardEventKind, body: dict[str, Any], now: dt.datetime, *, tracker: str = ""
) -> Event:
    hour = max(board.hour, chain.hour_of(now))
    return _append(board, Tip(board.count, board.hash).then(kind, body, hour), tracker)


def append_head(board: Board, now: dt.datetime) -> Event:
    """Sign everything so far, as the next event."""
    election = board.election
    hour = max(board.hour, chain.hour_of(now))
    key = sealed.board_key(election)
    tip = Tip(board.count, board.hash)
    return _append(board, chain.head_event(key, election.fingerprint, tip, hour), "")


def sign(election: Election, tip: Tip, hour: str) -> SignedHead:
    """A head to be published elsewhere."""
    return chain.sign_head(sealed.board_key(election), election.fingerprint, tip, hour)


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
