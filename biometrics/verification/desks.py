"""The desk behind a face step that is taken on a phone: whether it still waits for the verdict."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from biometrics.models import HandoffState, PhoneHandoff, Purpose

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User
    from biometrics.models import VerificationSession

# The desk asks every second. Browsers let pages in the background ask once a minute.
DESK_GONE = timedelta(seconds=75)


def still_waits(handoff: PhoneHandoff, now: datetime) -> bool:
    """Whether a face step for this hand-off may end with a grant."""
    return (
        handoff.state == HandoffState.CONFIRMED
        and handoff.expires_at > now
        and handoff.desk_seen_at > now - DESK_GONE
    )


def phone_is_at_work(user: User, browser_hash: str, now: datetime) -> bool:
    """Whether a phone has begun for this browser's sign-in, also if its page was loaded anew."""
    begun = PhoneHandoff.objects.filter(
        user=user,
        browser_hash=browser_hash,
        purpose=Purpose.LOGIN,
        state__in=[HandoffState.SCANNED, HandoffState.CONFIRMED, HandoffState.VERIFIED],
        expires_at__gt=now,
    )
    return begun.exists()


def has_gone(session: VerificationSession, now: datetime) -> bool:
    """Whether this face step was for a desk that waits no more; the hand-off's row is locked."""
    if session.handoff_id is None:
        return False
    locked = PhoneHandoff.objects.select_for_update().filter(pk=session.handoff_id).first()
    return locked is None or not still_waits(locked, now)


def tell(session: VerificationSession) -> None:
    """The face step was passed: the desk learns it when it asks next."""
    PhoneHandoff.objects.filter(sessions=session).update(state=HandoffState.VERIFIED)
