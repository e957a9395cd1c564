"""What the public may read of a board: before release nothing that tells a count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voting.crypto.chain import BoardEventKind
from voting.crypto.tracker import prefix_of
from voting.models import BoardEvent, BoardIdentity, CastBallot, Election, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet


def public_events(election: Election) -> QuerySet[BoardEvent]:
    """The board, up to where decryption begins: with its parts anybody could work out the count."""
    events = BoardEvent.objects.filter(election=election).order_by("seq")
    if election.state == State.RELEASED:
        return events
    first = events.filter(kind=BoardEventKind.DECRYPTION).values_list("seq", flat=True).first()
    return events if first is None else events.filter(seq__lt=first)


def find_events(election: Election, typed: str) -> QuerySet[BoardEvent]:
    """Events of the tracker that somebody typed, whole or in its short form."""
    prefix = prefix_of(typed)
    events = public_events(election)
    return events.filter(tracker__startswith=prefix) if prefix else events.none()


def aliases(election: Election, events: Iterable[BoardEvent]) -> dict[str, str]:
    """Who cast the ballots of these events, by tracker; nobody where voters do not appear."""
    if election.board_identity == BoardIdentity.HIDDEN:
        return {}
    trackers = [event.tracker for event in events if event.kind == BoardEventKind.BALLOT]
    box = CastBallot.objects.filter(election=election, tracker__in=trackers)
    credentials = dict(box.values_list("tracker", "credential"))
    roll = election.roll.filter(credential__in=credentials.values())
    names = dict(roll.values_list("credential", "alias"))
    return {tracker: names[credential] for tracker, credential in credentials.items()}


def board_file(election: Election) -> Iterator[bytes]:
    for line in public_events(election).values_list("line", flat=True).iterator(chunk_size=500):
        yield bytes(line) + b"\n"
