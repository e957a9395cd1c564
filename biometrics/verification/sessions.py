"""Verification sessions in the database: a ticket is issued and opened, a verdict is stored."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.audit import Action, record, user_subject
from biometrics.consent.agreement import has_consent
from biometrics.models import SessionState, VerificationSession
from biometrics.storage.references import has_reference
from biometrics.verification import evidence, grants, lockout

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from accounts.models import User
    from biometrics.engine.session import Verdict
    from biometrics.models import Purpose

TICKET_LIFE = timedelta(seconds=60)
OPEN_LIFE = timedelta(seconds=120)
MAX_OPEN_PER_USER = 2


class SessionRefusalCode(StrEnum):
    """Why there is no ticket, or why a ticket opens nothing."""

    CONSENT_NEEDED = "consent_needed"
    NO_REFERENCE = "no_reference"
    TOO_MANY_TRIES = "too_many_tries"
    BLOCKED = "blocked"
    BAD_TICKET = "bad_ticket"
    TOO_MANY_SOCKETS = "too_many_sockets"


class SessionRefused(Exception):
    """The session cannot go on; `retry_after` is the wait in seconds, 0 if waiting is no help."""

    def __init__(self, code: SessionRefusalCode, *, retry_after: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after


def issue_ticket(
    user: User, purpose: Purpose, bound_to: str, *, browser_hash: str, now: datetime
) -> str:
    """Return a new ticket that opens the socket once.

    `bound_to` is what the grant will be bound to: the tracker of a ballot, empty for a log-in.
    Raises SessionRefused if the user may not be verified now; the code says why.
    """
    if not has_consent(user):
        raise SessionRefused(SessionRefusalCode.CONSENT_NEEDED)
    if lockout.is_blocked(user):
        raise SessionRefused(SessionRefusalCode.BLOCKED)
    wait = lockout.seconds_to_wait(user, now)
    if wait:
        raise SessionRefused(SessionRefusalCode.TOO_MANY_TRIES, retry_after=wait)
    if not has_reference(user):
        raise SessionRefused(SessionRefusalCode.NO_REFERENCE)
    ticket = secrets.token_urlsafe(32)
    VerificationSession.objects.create(
        user=user,
        purpose=purpose,
        bound_to=bound_to,
        ticket_hash=_hash(ticket),
        browser_hash=browser_hash,
        created_at=now,
        ticket_expires_at=now + TICKET_LIFE,
    )
    return ticket


@transaction.atomic
def open_session(
    ticket: str, *, browser_hash: str, camera: Mapping[str, str | int], now: datetime
) -> VerificationSession:
    """Use up a ticket, and return its session.

    Raises SessionRefused with BAD_TICKET if the ticket was used before, has expired or was issued
    to another browser, and with TOO_MANY_SOCKETS if the user has too many open sessions.
    """
    waiting = VerificationSession.objects.filter(
        ticket_hash=_hash(ticket),
        browser_hash=browser_hash,
        state=SessionState.ISSUED,
        ticket_expires_at__gt=now,
    )
    if not browser_hash or not waiting.update(
        state=SessionState.OPEN, opened_at=now, camera=dict(camera)
    ):
        raise SessionRefused(SessionRefusalCode.BAD_TICKET)
    session = VerificationSession.objects.select_related("user").get(ticket_hash=_hash(ticket))
    still_open = VerificationSession.objects.filter(
        user=session.user, state=SessionState.OPEN, opened_at__gt=now - OPEN_LIFE
    )
    if still_open.count() > MAX_OPEN_PER_USER:
        raise SessionRefused(SessionRefusalCode.TOO_MANY_SOCKETS)
    return session


@transaction.atomic
def finish(
    session: VerificationSession,
    verdict: Verdict,
    *,
    frames: int,
    models_used: Mapping[str, str],
    frames_kept: evidence.FrameBuffer = evidence.EMPTY,
    now: datetime,
) -> int:
    """Store the verdict and what follows from it; return the seconds to wait before a new try.

    The verdict, the grant or the counted failure, the kept frames and the audit event are stored
    in one transaction. `frames` is how many frames were received. Raises SessionRefused if the
    session has ended already.
    """
    ended = VerificationSession.objects.filter(pk=session.pk, state=SessionState.OPEN).update(
        state=SessionState.VERIFIED if verdict.verified else SessionState.REFUSED,
        reason=str(verdict.reason or ""),
        counted=verdict.counted,
        frames=frames,
        models_used=dict(models_used),
        ended_at=now,
    )
    if not ended:
        raise SessionRefused(SessionRefusalCode.BAD_TICKET)
    subject = user_subject(session.user_id)
    if verdict.verified:
        lockout.forget_failures(session.user)
        grants.grant(session, now=now)
        record(Action.FACE_VERIFIED, actor=session.user, subject=subject, purpose=session.purpose)
        return 0
    record(Action.FACE_REFUSED, actor=session.user, subject=subject, reason=str(verdict.reason))
    if not verdict.counted:
        return 0
    evidence.keep(session, frames_kept, now=now)
    lockout.count_failure(session.user, now)
    return lockout.seconds_to_wait(session.user, now)


def abandon(session: VerificationSession, now: datetime) -> None:
    """End a session whose socket closed before a verdict: nothing is granted or counted."""
    VerificationSession.objects.filter(pk=session.pk, state=SessionState.OPEN).update(
        state=SessionState.ENDED, ended_at=now
    )


def _hash(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()
