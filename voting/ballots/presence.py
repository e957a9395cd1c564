"""Proof that the voter is present: a face step bound to this ballot's tracker, or an override."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts import overrides
from accounts.models import OverridePurpose
from biometrics.models import Purpose
from biometrics.verification import grants
from voting.models import AskedToMove, Election, FacePolicy, State, election_subject
from voting.refusals import CastRefusalCode, CastRefused

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User
    from voting.models import VoterRollEntry


@dataclass(frozen=True, slots=True)
class Voter:
    """Who casts or opens a ballot, and in which browser. A face step's grant is bound to both."""

    user: User
    entry: VoterRollEntry
    browser_hash: str
    seen_at_sign_in: bool = False


def is_needed(election: Election, *, seen_at_sign_in: bool) -> bool:
    """Whether this ballot needs a face step of its own.

    It does where the election says so. It also does for officials on the roll who signed in with a
    one-time code, because nobody has seen their face yet.
    """
    return election.face_policy == FacePolicy.CAST or not seen_at_sign_in


def spend(election: Election, voter: Voter, tracker: str, *, now: dt.datetime) -> None:
    """Use up the proof of presence. Raises CastRefused if there is none.

    Call it in the transaction that stores the ballot: if that fails, the grant stays usable.
    """
    if not is_needed(election, seen_at_sign_in=voter.seen_at_sign_in):
        return
    try:
        grants.spend(voter.user, Purpose.CAST, tracker, browser_hash=voter.browser_hash, now=now)
    except grants.GrantRefused as refusal:
        if not spend_override(election, voter.user, now=now):
            raise CastRefused(CastRefusalCode.VERIFY_AGAIN) from refusal


def spend_override(election: Election, user: User, *, now: dt.datetime) -> bool:
    """Use up an override of two officials for this election. False if there is none."""
    try:
        overrides.spend(user, OverridePurpose.CAST, election_subject(election.pk), now=now)
    except overrides.OverrideRefused:
        return False
    return True


def challenge_of_elections(sender: object, user: User, **_kwargs: object) -> str:
    """The strictest setting among the open elections that have this voter on their roll."""
    asked = set(
        Election.objects.filter(state=State.OPEN, roll__user=user).values_list(
            "challenge", flat=True
        )
    )
    strictest_first = (AskedToMove.ALWAYS, AskedToMove.UNSURE)
    return next((setting for setting in strictest_first if setting in asked), "")
