"""Grants: a finished verification gives the right to do one thing once."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from biometrics.models import Purpose, VerificationGrant

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User
    from biometrics.models import VerificationSession

LIFE = {
    Purpose.LOGIN: timedelta(minutes=2),
    Purpose.CAST: timedelta(minutes=10),
    Purpose.PROVE: timedelta(minutes=2),
}


class GrantRefusalCode(StrEnum):
    """Why a grant could not be spent."""

    NO_GRANT = "no_grant"


class GrantRefused(Exception):
    """There is no unspent grant for this person, purpose and browser, bound to this matter."""

    def __init__(self, code: GrantRefusalCode) -> None:
        super().__init__(code)
        self.code = code


def grant(session: VerificationSession, *, now: datetime) -> VerificationGrant:
    """Make the grant of a verified session, in the transaction that marks it as verified.

    It is for the browser that the session was meant for: where a phone took the face step for a
    desk, that is the desk's, and the phone gets nothing.
    """
    handoff = session.handoff
    return VerificationGrant.objects.create(
        session=session,
        user_id=session.user_id,
        purpose=session.purpose,
        bound_to=session.bound_to,
        browser_hash=handoff.browser_hash if handoff else session.browser_hash,
        created_at=now,
        expires_at=now + LIFE[Purpose(session.purpose)],
    )


def spend(
    user: User, purpose: Purpose, bound_to: str = "", *, browser_hash: str, now: datetime
) -> None:
    """Use up the grant for a purpose, and every other grant for the same matter.

    `bound_to` names the matter: the tracker of a ballot, what a proof is for, empty for a log-in.
    Raises GrantRefused if there is no grant that is unspent and not expired.
    """
    live = VerificationGrant.objects.filter(
        user=user,
        purpose=purpose,
        bound_to=bound_to,
        browser_hash=browser_hash,
        spent_at__isnull=True,
        expires_at__gt=now,
    )
    # The database checks and writes in one statement, so two tabs cannot both spend the grant.
    if live.update(spent_at=now) == 0:
        raise GrantRefused(GrantRefusalCode.NO_GRANT)
