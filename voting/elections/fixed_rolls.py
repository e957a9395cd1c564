"""Who stands on a roll that is fixed: nobody's account is changed by one official alone then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voting.models import State, VoterRollEntry

if TYPE_CHECKING:
    from accounts.models import User

# From freezing to closing, whoever gets into an account on the roll can vote with it.
FIXED = (State.FROZEN, State.OPEN)


def is_on_a_fixed_roll(sender: Any, user: User, **_: Any) -> bool:
    """Receives accounts' signal `fixed_roll_asked`."""
    standing = VoterRollEntry.objects.filter(user_id=user.pk, removed_by__isnull=True)
    return standing.filter(election__state__in=FIXED).exists()
