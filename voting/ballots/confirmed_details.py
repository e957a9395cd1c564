"""Remembers in the voter's session, on the server, that the details matched the roll."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.signed_in import voter
from voting.ballots.details import entry_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from voting.models import Election, VoterRollEntry


def _key(election: Election) -> str:
    return f"voting.details.{election.pk}"


def remember(request: HttpRequest, entry: VoterRollEntry) -> None:
    request.session[_key(entry.election)] = entry.pk


def confirmed_entry(request: HttpRequest, election: Election) -> VoterRollEntry | None:
    """The voter's roll entry. None without one, or if the voter must enter details first."""
    entry = entry_of(election, voter(request))
    if entry is None:
        return None
    asks_details = election.ask_voter_number or election.ask_date_of_birth
    return entry if not asks_details or request.session.get(_key(election)) == entry.pk else None
