"""That the voter is there for this ballot: a face step bound to its tracker, or an override."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts import overrides
from accounts.models import OverridePurpose
from biometrics.models import Purpose
from biometrics.verification import grants
from voting.models import AskedToMove, Election, FacePolicy, State, election_subject
from voting.refusals import CastRefused, Code

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User
    from voting.models import VoterRollEntry


@dataclass(frozen=True, slots=True)
class Voter:
    """Who casts, and in which browser: the grant names both."""

    user: User
    entry: VoterRollEntry
    browser_hash: str
    seen_at_sign_in: bool = False


def is_needed(election: Election, *, seen_at_sign_in: bool) -> bool:
    """Officials on the roll may sign in by a code: their face is asked for at the ballot then."""
    return election.face_policy == FacePolicy.CAST or not seen_at_sign_in


def spend(election: Election, voter: Voter, tracker: str, *, now: dt.datetime) -> None:
    """Inside the transaction that stores the ballot: if that fails, the grant is not spent."""
    if not is_needed(election, seen_at_sign_in=voter.seen_at_sign_in):
        return
    try:
        grants.spend(voter.user, Purpose.CAST, tracker, browser_hash=voter.browser_hash, now=now)
    except grants.GrantRefused as refusal:
        if not spend_override(election, voter.user, now=now):
            raise CastRefused(Code.VERIFY_AGAIN) from refusal


def spend_override(election: Election, user: User, *, now: dt.datetime) -> bool:
    """The way in for a voter whose face fails, allowed by two officials on the record."""
    try:
        overrides.spend(user, OverridePurpose.CAST, election_subject(election.pk), now=now)
    except overrides.OverrideRefused:
        return False
    return True


def challenge_of_elections(sender: object, user: User, **_kwargs: object) -> str:
    """The strictest that an open election with this voter on its roll asks for."""
    wanted = set(
        Election.objects.filter(state=State.OPEN, roll__user=user).values_list(
            "challenge", flat=True
        )
    )
    return next((one for one in (AskedToMove.ALWAYS, AskedToMove.UNSURE) if one in wanted), "")
