"""Verification sessions in the database: a ticket is issued and opened, a verdict is stored."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.at_rest.hashed_secrets import hash_of_secret
from accounts.audit import Action, record, user_subject
from biometrics.consent.agreement import has_consent
from biometrics.engine.session import Reason, Verdict
from biometrics.models import Purpose, SessionState, VerificationSession
from biometrics.self_enrolment.policy import may_take_photos
from biometrics.self_enrolment.taking import keep_taken
from biometrics.storage.references import has_reference, note_verified
from biometrics.verification import allowance, desks, evidence, grants, lockout

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from accounts.models import User
    from biometrics.models import PhoneHandoff
    from biometrics.self_enrolment.taking import PhotosOnDisk

TICKET_LIFE = timedelta(seconds=60)
# The newest tickets are live. A page that was loaded again needs no more than its newest.
MAX_TICKETS = 2
# Nobody presses "Start" so often. A page that waits in a full line asks every five seconds.
TICKETS_PER_MINUTE = 20
MAX_OPEN_PER_USER = 2
# A socket says so often that it is open; if its process dies, the voter need not wait for long.
ALIVE = timedelta(seconds=8)
MINUTE = timedelta(minutes=1)
# A good face, but while a lock-out holds.
HELD_BACK = Verdict(verified=False, reason=Reason.AGAIN)
FREE_WAYS_OUT = {Reason.CAMERA, Reason.TIMED_OUT}
LEFT_TOO_OFTEN = Verdict(verified=False, reason=Reason.CHALLENGE_FAILED)


class SessionRefusalCode(StrEnum):
    """Why there is no ticket, or why a ticket opens nothing."""

    CONSENT_NEEDED = "consent_needed"
    NO_REFERENCE = "no_reference"
    NOT_OFFERED = "not_offered"
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
    user: User,
    purpose: Purpose,
    bound_to: str,
    *,
    browser_hash: str,
    handoff: PhoneHandoff | None = None,
    now: datetime,
) -> str:
    """Return a new ticket that opens the socket once.

    `bound_to` is what the grant will be bound to: the tracker of a ballot, empty for a log-in.
    With `handoff`, the ticket is for the phone with this `browser_hash`, and the grant for the
    desk that handed over. Raises SessionRefused if the user may not be verified now; the code says
    why.
    """
    require_possible(user, purpose)
    ticket = secrets.token_urlsafe(32)
    with transaction.atomic():
        _hold(user, purpose, now)
        _make_room_for_ticket(user, now)
        VerificationSession.objects.create(
            user=user,
            purpose=purpose,
            bound_to=bound_to,
            ticket_hash=hash_of_secret(ticket),
            browser_hash=browser_hash,
            handoff=handoff,
            created_at=now,
            ticket_expires_at=now + TICKET_LIFE,
        )
    return ticket


def require_possible(user: User, purpose: Purpose) -> None:
    """Raises SessionRefused if the user can not have such a face step at all, whatever the hour."""
    if not has_consent(user):
        raise SessionRefused(SessionRefusalCode.CONSENT_NEEDED)
    if purpose == Purpose.ENROL:
        if not may_take_photos(user):
            raise SessionRefused(SessionRefusalCode.NOT_OFFERED)
    elif not has_reference(user):
        raise SessionRefused(SessionRefusalCode.NO_REFERENCE)


def may_be_verified(user: User, purpose: Purpose, now: datetime) -> None:
    """Raises SessionRefused if a ticket would be refused now."""
    require_possible(user, purpose)
    with transaction.atomic():
        _hold(user, purpose, now)


@transaction.atomic
def open_session(
    ticket: str, *, browser_hash: str, camera: Mapping[str, str | int], now: datetime
) -> VerificationSession:
    """Use up a ticket, and return its session.

    Raises SessionRefused with BAD_TICKET if the ticket was used before, has expired or was issued
    to another browser, with TOO_MANY_SOCKETS if the user has too many open sessions, and as
    issue_ticket() if the user may not be verified now: a ticket does not outlive a lock-out.
    """
    waiting = VerificationSession.objects.filter(
        ticket_hash=hash_of_secret(ticket),
        browser_hash=browser_hash,
        state=SessionState.ISSUED,
        ticket_expires_at__gt=now,
    )
    found = waiting.select_related("user", "handoff")
    session = found.first() if browser_hash else None
    if session is None:
        raise SessionRefused(SessionRefusalCode.BAD_TICKET)
    _hold(session.user, Purpose(session.purpose), now)
    if session.handoff is not None and not desks.still_waits(session.handoff, now):
        raise SessionRefused(SessionRefusalCode.BAD_TICKET)
    still_open = VerificationSession.objects.filter(
        user=session.user, state=SessionState.OPEN, alive_until__gt=now
    )
    if still_open.count() >= min(MAX_OPEN_PER_USER, lockout.tries_left(session.user)):
        raise SessionRefused(SessionRefusalCode.TOO_MANY_SOCKETS)
    # Checked again in the statement that writes: another socket may have come first.
    opened = {"state": SessionState.OPEN, "opened_at": now, "alive_until": now + ALIVE}
    if not waiting.update(camera=dict(camera), **opened):
        raise SessionRefused(SessionRefusalCode.BAD_TICKET)
    # With its user: the socket cannot ask the database on the event loop.
    return VerificationSession.objects.select_related("user", "handoff").get(pk=session.pk)


def go_on(session: VerificationSession, *, frames: int, now: datetime) -> bool:
    """Say that the socket is still open, and set `frames` aside that it may compare.

    Return whether the account has as many left.
    """
    VerificationSession.objects.filter(pk=session.pk, state=SessionState.OPEN).update(
        alive_until=now + ALIVE
    )
    return not frames or allowance.take_frames(session.user, frames)


@dataclass(frozen=True, slots=True)
class Stored:
    """The verdict that counts, and the seconds to wait before a new try."""

    verdict: Verdict
    wait: int = 0


@transaction.atomic
def finish(
    session: VerificationSession,
    verdict: Verdict,
    *,
    was_asked: bool = False,
    frames: int,
    models_used: Mapping[str, str],
    frames_kept: evidence.FrameBuffer = evidence.EMPTY,
    photos: PhotosOnDisk | None = None,
    now: datetime,
) -> Stored:
    """Store a verdict and what follows from it. `frames` is how many frames were received.

    A fault of the device after a movement was asked for (`was_asked`) is free only as often as
    leaving is: anybody can make one.

    The verdict, the grant or the counted failure, the kept frames, the voter's own `photos` and
    the audit event are stored in one transaction. Nobody is verified while a lock-out holds, which
    may have begun after this session was opened, nor for a desk that waits no more. Raises
    SessionRefused if the session has ended already.
    """
    held = allowance.hold(session.user, now)
    held_back = lockout.holds(session.user, now)
    if verdict.verified and (held_back or desks.has_gone(session, now)):
        verdict = HELD_BACK
    if was_asked and verdict.reason in FREE_WAYS_OUT and allowance.count_left(held):
        verdict = LEFT_TOO_OFTEN
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
        _give(session, photos, now=now)
        record(Action.FACE_VERIFIED, actor=session.user, subject=subject, purpose=session.purpose)
        return Stored(verdict)
    record(Action.FACE_REFUSED, actor=session.user, subject=subject, reason=str(verdict.reason))
    if not verdict.counted:
        return Stored(verdict, lockout.seconds_to_wait(session.user, now) if held_back else 0)
    evidence.keep(session, frames_kept, now=now)
    if session.purpose == Purpose.CHECK:
        allowance.count_check(held)
        return Stored(verdict, allowance.seconds_to_next_check(held, now))
    lockout.count_failure(session.user, now)
    return Stored(verdict, lockout.seconds_to_wait(session.user, now))


def _give(session: VerificationSession, photos: PhotosOnDisk | None, *, now: datetime) -> None:
    """What a verified voter gets by it. A camera check gives nothing and forgets no failure."""
    match session.purpose:
        case Purpose.ENROL:
            keep_taken(session.user, photos, now=now)
        case Purpose.CHECK:
            note_verified(session.user, now)
        case _:
            note_verified(session.user, now)
            lockout.forget_failures(session.user)
            grants.grant(session, now=now)
            if session.handoff_id is not None:
                desks.tell(session)


@transaction.atomic
def leave(
    session: VerificationSession,
    verdict: Verdict,
    *,
    was_asked: bool,
    frames: int,
    models_used: Mapping[str, str],
    frames_kept: evidence.FrameBuffer = evidence.EMPTY,
    now: datetime,
) -> None:
    """End a session whose socket closed before a verdict; one that has ended stays as it is.

    `verdict` is what the end of its time would have given. Where that is no failure, and a
    movement was asked for (`was_asked`), leaving is free only so often.
    """
    held = allowance.hold(session.user, now)
    still_open = VerificationSession.objects.filter(pk=session.pk, state=SessionState.OPEN)
    if not still_open.exists():
        return
    if was_asked and not verdict.counted and allowance.count_left(held):
        verdict = LEFT_TOO_OFTEN
    if verdict.counted:
        finish(
            session,
            verdict,
            frames=frames,
            models_used=models_used,
            frames_kept=frames_kept,
            now=now,
        )
    else:
        still_open.update(state=SessionState.ENDED, frames=frames, ended_at=now)


def _hold(user: User, purpose: Purpose, now: datetime) -> None:
    """Lock the account's allowance. Raises SessionRefused if the user may not be verified now."""
    held = allowance.hold(user, now)
    if lockout.is_blocked(user):
        raise SessionRefused(SessionRefusalCode.BLOCKED)
    wait = lockout.seconds_to_wait(user, now) or allowance.seconds_to_wait(held, now)
    if purpose == Purpose.CHECK and not wait:
        wait = allowance.seconds_to_next_check(held, now)
    if wait:
        raise SessionRefused(SessionRefusalCode.TOO_MANY_TRIES, retry_after=wait)


def _make_room_for_ticket(user: User, now: datetime) -> None:
    """Let the oldest live ticket expire if there are too many. Raises SessionRefused for a flood.

    The caller holds the account's allowance, so nobody else issues a ticket meanwhile.
    """
    issued = VerificationSession.objects.filter(user=user)
    if issued.filter(created_at__gt=now - MINUTE).count() >= TICKETS_PER_MINUTE:
        wait = int(MINUTE.total_seconds())
        raise SessionRefused(SessionRefusalCode.TOO_MANY_TRIES, retry_after=wait)
    live = issued.filter(state=SessionState.ISSUED, ticket_expires_at__gt=now)
    kept = live.order_by("-created_at").values_list("pk", flat=True)[: MAX_TICKETS - 1]
    live.exclude(pk__in=list(kept)).update(ticket_expires_at=now)
