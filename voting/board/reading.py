"""What the public may read of a board: nothing that reveals the count before the release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voting.crypto.board.chain import BoardEventKind
from voting.crypto.tracker import prefix_of
from voting.models import BoardEvent, BoardIdentity, CastBallot, Election, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet


def public_events(election: Election) -> QuerySet[BoardEvent]:
    """All events of a released election; else those before the first part of the decryption.

    With the parts of the decryption anybody could compute the result.
    """
    events = BoardEvent.objects.filter(election=election).order_by("seq")
    if election.state == State.RELEASED:
        return events
    first = events.filter(kind=BoardEventKind.DECRYPTION).values_list("seq", flat=True).first()
    return events if first is None else events.filter(seq__lt=first)


def find_events(election: Election, typed: str) -> QuerySet[BoardEvent]:
    """The events with the tracker that somebody typed, in its full or its short form."""
    prefix = prefix_of(typed)
    events = public_events(election)
    return events.filter(tracker__startswith=prefix) if prefix else events.none()


def aliases(election: Election, events: Iterable[BoardEvent]) -> dict[str, str]:
    """By tracker, the alias of the voter who cast the ballot. Empty if the board hides voters."""
    if election.board_identity == BoardIdentity.HIDDEN:
        return {}
    trackers = [event.tracker for event in events if event.kind == BoardEventKind.BALLOT]
    box = CastBallot.objects.filter(election=election, tracker__in=trackers)
    credentials = dict(box.values_list("tracker", "credential"))
    roll = election.roll.filter(credential__in=credentials.values())
    names = dict(roll.values_list("credential", "alias"))
    return {tracker: names.get(credential, "") for tracker, credential in credentials.items()}


def board_file(election: Election) -> Iterator[bytes]:
    """The public events as JSON lines, each with its line feed."""
    for line in public_events(election).values_list("line", flat=True).iterator(chunk_size=500):
        yield bytes(line) + b"\n"
