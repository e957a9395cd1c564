"""The right to do one thing once, that a finished verification gives."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from biometrics.models import Purpose, VerificationGrant

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User
    from biometrics.models import VerificationSession

LIFE = {Purpose.LOGIN: timedelta(minutes=2), Purpose.CAST: timedelta(minutes=10)}


class Code(StrEnum):
    NO_GRANT = "no_grant"


class GrantRefused(Exception):
    """There is no unspent grant for this person, purpose, matter and browser."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


def grant(session: VerificationSession, *, now: datetime) -> VerificationGrant:
    """Called in the transaction that marks the session verified."""
    return VerificationGrant.objects.create(
        session=session,
        user_id=session.user_id,
        purpose=session.purpose,
        bound_to=session.bound_to,
        browser_hash=session.browser_hash,
        created_at=now,
        expires_at=now + LIFE[Purpose(session.purpose)],
    )


def spend(
    user: User, purpose: Purpose, bound_to: str = "", *, browser_hash: str, now: datetime
) -> None:
    """Use up the grant, and any other for the same matter; GrantRefused where there is none."""
    live = VerificationGrant.objects.filter(
        user=user,
        purpose=purpose,
        bound_to=bound_to,
        browser_hash=browser_hash,
        spent_at__isnull=True,
        expires_at__gt=now,
    )
    # One statement, whose condition holds while it writes: two tabs cannot both find it unspent.
    if live.update(spent_at=now) == 0:
        raise GrantRefused(Code.NO_GRANT)
