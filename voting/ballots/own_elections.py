"""The elections that a voter is on the roll of, with the voter's own ballot in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voting.ballots import casting
from voting.models import Election, State, VoterRollEntry

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class OwnElection:
    """`tracker` is that of the ballot which counts, or None if the voter has not voted."""

    election: Election
    has_voted: bool
    tracker: str | None


def own_elections(user: User) -> list[OwnElection]:
    entries = (
        VoterRollEntry.objects.filter(user=user, removed_by__isnull=True)
        .exclude(election__state=State.DRAFT)
        .select_related("election")
        .order_by("-election_id")
    )
    return [
        OwnElection(
            entry.election,
            entry.has_voted,
            casting.live_tracker(entry.election, entry) if entry.has_voted else None,
        )
        for entry in entries
    ]
