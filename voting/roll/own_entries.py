"""What the rolls and the board hold about one person, for that person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voting.models import CastBallot, SpoiledBallot, VoterRollEntry

if TYPE_CHECKING:
    from accounts.models import User


def own_entries(user: User) -> list[dict[str, Any]]:
    """Each roll with the person, and the trackers of the ballots. No choice: none is kept."""
    entries = VoterRollEntry.objects.filter(user=user).select_related("election").order_by("pk")
    return [_entry(entry) for entry in entries]


def _entry(entry: VoterRollEntry) -> dict[str, Any]:
    mine = {"election_id": entry.election_id, "credential": entry.credential}
    has_credential = bool(entry.credential)
    return {
        "election": entry.election.title,
        "name": entry.name,
        "voter_number": entry.voter_number,
        "date_of_birth": entry.date_of_birth,
        "district": entry.district,
        "alias_on_the_board": entry.alias,
        "has_voted": entry.has_voted,
        "removed": entry.removed_by_id is not None,
        "ballots_cast": _trackers(CastBallot.objects.filter(**mine)) if has_credential else [],
        "ballots_opened": _trackers(SpoiledBallot.objects.filter(**mine)) if has_credential else [],
    }


def _trackers(ballots: Any) -> list[str]:
    return list(ballots.order_by("pk").values_list("tracker", flat=True))
