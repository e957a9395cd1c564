"""Two officials let in a voter whose face fails: asked for, confirmed, then used once."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.audit import Action, record
from accounts.models import AccessOverride, Entry

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.models import User

PERMISSION = "accounts.use_override"
LIFE = timedelta(minutes=10)
# A request that nobody confirms must not lie ready for a later day.
REQUEST_LIFE = timedelta(minutes=30)


class Code(StrEnum):
    NOT_ALLOWED = "not_allowed"
    ONESELF = "oneself"
    SAME_OFFICIAL = "same_official"
    OFFICIALS_ACCOUNT = "officials_account"
    NO_REASON = "no_reason"
    NOT_WAITING = "not_waiting"
    NO_OVERRIDE = "no_override"


class OverrideRefused(Exception):
    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def request_override(
    official: User, voter: User, purpose: Entry, *, reason: str, now: datetime
) -> AccessOverride:
    _require_official(official, voter)
    # Officials have a second key of their own; this is the way in for voters.
    if voter.is_staff or voter.is_superuser:
        raise OverrideRefused(Code.OFFICIALS_ACCOUNT)
    if not reason.strip():
        raise OverrideRefused(Code.NO_REASON)
    made = AccessOverride.objects.create(
        voter=voter,
        purpose=purpose,
        reason=reason.strip(),
        requested_by=official,
        requested_at=now,
    )
    _record(Action.OVERRIDE_REQUESTED, made, actor=official)
    return made


def waiting(*, now: datetime) -> QuerySet[AccessOverride]:
    """Asked for by one official, and not too long ago for a second one to agree."""
    fresh = AccessOverride.objects.filter(requested_at__gt=now - REQUEST_LIFE)
    return fresh.filter(confirmed_by=None)


@transaction.atomic
def confirm(official: User, override: AccessOverride, *, now: datetime) -> None:
    _require_official(official, override.voter)
    if override.requested_by_id == official.pk:
        raise OverrideRefused(Code.SAME_OFFICIAL)
    mine = waiting(now=now).filter(pk=override.pk)
    if not mine.update(confirmed_by=official, confirmed_at=now, expires_at=now + LIFE):
        raise OverrideRefused(Code.NOT_WAITING)
    _record(Action.OVERRIDE_CONFIRMED, override, actor=official)


@transaction.atomic
def spend(voter: User, purpose: Entry, matter: str = "", *, now: datetime) -> None:
    """Use up a confirmed override; `matter` says what for ("election:3"). One caller succeeds."""
    live = AccessOverride.objects.filter(
        voter=voter,
        purpose=purpose,
        confirmed_by__isnull=False,
        spent_at=None,
        expires_at__gt=now,
    )
    for candidate in live:
        # The condition is asked again by the update itself: two tabs cannot both touch the row.
        unspent = AccessOverride.objects.filter(pk=candidate.pk, spent_at=None)
        if unspent.update(spent_at=now, spent_on=matter):
            _record(Action.OVERRIDE_SPENT, candidate, actor=voter)
            return
    raise OverrideRefused(Code.NO_OVERRIDE)


def _require_official(official: User, voter: User) -> None:
    if not official.is_active or not official.has_perm(PERMISSION):
        raise OverrideRefused(Code.NOT_ALLOWED)
    if official.pk == voter.pk:
        raise OverrideRefused(Code.ONESELF)


def _record(action: Action, override: AccessOverride, *, actor: User) -> None:
    record(action, actor=actor, subject=f"override:{override.pk}", purpose=str(override.purpose))
