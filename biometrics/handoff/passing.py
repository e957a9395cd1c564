"""A face step is passed from a desk without a camera to a phone, and its result back to the desk.

The desk shows a ticket as a QR code. One phone uses it up, shows for what and for whom it is, and
the same short code as the desk. Only when its owner has confirmed that, the phone gets tickets for
the socket. The grant is the desk's: the phone gets nothing, and the desk can do with it what it
could do with a face step of its own, and no more. docs/threat-model.md says what a code that is
shown to somebody elsewhere can do.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.audit import Action, record, user_subject
from biometrics.models import HandoffState, PhoneHandoff, Purpose
from biometrics.verification import sessions

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

# The time to take out a phone and to scan.
SCAN_LIFE = timedelta(minutes=2)
# The time from the scan to the verdict: three tries of a minute, and somebody who reads slowly.
STEP_LIFE = timedelta(minutes=5)
MOST_IN_TEN_MINUTES = 10
TEN_MINUTES = timedelta(minutes=10)
# The desk asks every second; so often it is written down that it still does.
SECONDS_BETWEEN_SIGNS = timedelta(seconds=10)
CODE_SIGNS = "ABCDEFGHJKMNPQRTUVWXY346789"
CODE_LENGTH = 4
PURPOSES = (Purpose.LOGIN, Purpose.CAST)
LIVE = (HandoffState.SHOWN, HandoffState.SCANNED, HandoffState.CONFIRMED)


class HandoffRefusalCode(StrEnum):
    """Why a phone can do nothing with a ticket. It never says whether there was such a ticket."""

    USED_OR_OLD = "used_or_old"


class HandoffRefused(Exception):
    def __init__(self, code: HandoffRefusalCode) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class ShownHandoff:
    """What the desk shows; the ticket is told once and only its hash is stored."""

    ticket: str
    handoff: PhoneHandoff


@transaction.atomic
def show(
    user: User, purpose: Purpose, bound_to: str, *, browser_hash: str, desk: str, now: datetime
) -> ShownHandoff:
    """Begin a hand-off in place of an earlier one of this browser.

    Raises SessionRefused if the user may have no face step now: what holds for a ticket of the desk
    holds for one of its phone.
    """
    sessions.may_be_verified(user, purpose, now)
    own = PhoneHandoff.objects.filter(user=user)
    if own.filter(created_at__gt=now - TEN_MINUTES).count() >= MOST_IN_TEN_MINUTES:
        raise sessions.SessionRefused(
            sessions.SessionRefusalCode.TOO_MANY_TRIES,
            retry_after=int(TEN_MINUTES.total_seconds()),
        )
    own.filter(browser_hash=browser_hash, state__in=LIVE).update(state=HandoffState.ENDED)
    ticket = secrets.token_urlsafe(24)
    handoff = PhoneHandoff.objects.create(
        user=user,
        purpose=purpose,
        bound_to=bound_to,
        ticket_hash=_hash(ticket),
        browser_hash=browser_hash,
        code="".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH)),
        desk=desk,
        created_at=now,
        expires_at=now + SCAN_LIFE,
        desk_seen_at=now,
    )
    return ShownHandoff(ticket, handoff)


def ask(
    user: User, purpose: Purpose, bound_to: str, *, browser_hash: str, now: datetime
) -> PhoneHandoff | None:
    """The newest hand-off of this desk, which hereby says that it still waits; None if it is over.

    A grant is spent by the desk as any other; whoever asks here learns of it and gets nothing.
    """
    own = PhoneHandoff.objects.filter(
        user=user, purpose=purpose, bound_to=bound_to, browser_hash=browser_hash
    )
    handoff = own.order_by("-created_at").first()
    if handoff is None or handoff.state == HandoffState.ENDED or handoff.expires_at <= now:
        return None
    if handoff.desk_seen_at <= now - SECONDS_BETWEEN_SIGNS:
        own.filter(pk=handoff.pk).update(desk_seen_at=now)
    return handoff


def give_up(user: User, *, browser_hash: str) -> None:
    """The desk shows something else: no phone goes on for it."""
    own = PhoneHandoff.objects.filter(user=user, browser_hash=browser_hash, state__in=LIVE)
    own.update(state=HandoffState.ENDED)


def scan(ticket: str, *, phone_hash: str, now: datetime) -> PhoneHandoff:
    """Use up a ticket; the same phone may ask again, when its page was loaded anew.

    Raises HandoffRefused for a ticket that another phone has used, and for one that is too old.
    """
    fresh = PhoneHandoff.objects.filter(
        ticket_hash=_hash(ticket), state=HandoffState.SHOWN, expires_at__gt=now
    )
    # One statement checks and writes: of two phones that scan at once, one gets it.
    fresh.update(state=HandoffState.SCANNED, phone_hash=phone_hash, expires_at=now + STEP_LIFE)
    return of_phone(ticket, phone_hash=phone_hash, now=now)


def of_phone(ticket: str, *, phone_hash: str, now: datetime) -> PhoneHandoff:
    """The hand-off that this phone has scanned. Raises HandoffRefused."""
    scanned = PhoneHandoff.objects.filter(
        ticket_hash=_hash(ticket),
        phone_hash=phone_hash,
        state__in=[HandoffState.SCANNED, HandoffState.CONFIRMED, HandoffState.VERIFIED],
        expires_at__gt=now,
    )
    handoff = scanned.select_related("user").first() if phone_hash else None
    if handoff is None:
        raise HandoffRefused(HandoffRefusalCode.USED_OR_OLD)
    return handoff


@transaction.atomic
def confirm(ticket: str, *, phone_hash: str, now: datetime) -> PhoneHandoff:
    """The phone's owner says that the desk shows the same code. Raises HandoffRefused."""
    handoff = of_phone(ticket, phone_hash=phone_hash, now=now)
    scanned = PhoneHandoff.objects.filter(pk=handoff.pk, state=HandoffState.SCANNED)
    if scanned.update(state=HandoffState.CONFIRMED):
        _record(handoff, "confirmed")
    handoff.refresh_from_db()
    return handoff


@transaction.atomic
def deny(ticket: str, *, phone_hash: str, now: datetime) -> None:
    """The phone's owner did not begin this. Raises HandoffRefused."""
    handoff = of_phone(ticket, phone_hash=phone_hash, now=now)
    if PhoneHandoff.objects.filter(pk=handoff.pk, state__in=LIVE).update(state=HandoffState.ENDED):
        _record(handoff, "denied")


def socket_ticket(ticket: str, *, phone_hash: str, now: datetime) -> str:
    """A ticket for the socket, for the phone that has confirmed.

    Raises HandoffRefused, and SessionRefused as for every other ticket of this account.
    """
    handoff = of_phone(ticket, phone_hash=phone_hash, now=now)
    if handoff.state != HandoffState.CONFIRMED:
        raise HandoffRefused(HandoffRefusalCode.USED_OR_OLD)
    return sessions.issue_ticket(
        handoff.user,
        Purpose(handoff.purpose),
        handoff.bound_to,
        browser_hash=phone_hash,
        handoff=handoff,
        now=now,
    )


def _record(handoff: PhoneHandoff, answer: str) -> None:
    subject = user_subject(handoff.user_id)
    record(
        Action.PHONE_HANDOFF, actor=None, subject=subject, purpose=handoff.purpose, answer=answer
    )


def _hash(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()
