"""Two officials let in a voter whose face step fails: one asks, another confirms, it works once."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.audit import Action, record
from accounts.models import AccessOverride, OverridePurpose
from accounts.proposals.second_official import ProposalRefused, require_official, require_second

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.models import User

PERMISSION = "accounts.use_override"
LIFE = timedelta(minutes=10)
# A request that nobody confirms must not stay usable on a later day.
REQUEST_LIFE = timedelta(minutes=30)


class OverrideRefusalCode(StrEnum):
    NOT_ALLOWED = "not_allowed"
    ONESELF = "oneself"
    SAME_OFFICIAL = "same_official"
    NOT_YET = "not_yet"
    OFFICIALS_ACCOUNT = "officials_account"
    NO_REASON = "no_reason"
    NOT_WAITING = "not_waiting"
    NO_OVERRIDE = "no_override"


class OverrideRefused(Exception):
    """Nothing was changed; `code` says why."""

    def __init__(self, code: OverrideRefusalCode) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def request_override(
    official: User, voter: User, purpose: OverridePurpose, *, reason: str, now: datetime
) -> AccessOverride:
    """Record that an official asks to let the voter in. Raises OverrideRefused."""
    _require_official(official, voter)
    # Officials have a second factor of their own; overrides exist for voters only.
    if voter.is_staff or voter.is_superuser:
        raise OverrideRefused(OverrideRefusalCode.OFFICIALS_ACCOUNT)
    if not reason.strip():
        raise OverrideRefused(OverrideRefusalCode.NO_REASON)
    override = AccessOverride.objects.create(
        voter=voter,
        purpose=purpose,
        reason=reason.strip(),
        requested_by=official,
        requested_at=now,
    )
    _record(Action.OVERRIDE_REQUESTED, override, actor=official)
    return override


def waiting(*, now: datetime) -> QuerySet[AccessOverride]:
    """Requests that a second official can still confirm."""
    recent = AccessOverride.objects.filter(requested_at__gt=now - REQUEST_LIFE)
    return recent.filter(confirmed_by=None)


@transaction.atomic
def confirm(official: User, override: AccessOverride, *, now: datetime) -> None:
    """Let the voter in once within the next LIFE. Raises OverrideRefused."""
    try:
        require_second(
            official,
            PERMISSION,
            proposed_by=override.requested_by_id,
            about=override.voter_id,
            now=now,
        )
    except ProposalRefused as refused:
        raise OverrideRefused(OverrideRefusalCode(refused.code)) from refused
    still_waiting = waiting(now=now).filter(pk=override.pk)
    if not still_waiting.update(confirmed_by=official, confirmed_at=now, expires_at=now + LIFE):
        raise OverrideRefused(OverrideRefusalCode.NOT_WAITING)
    _record(Action.OVERRIDE_CONFIRMED, override, actor=official)


@transaction.atomic
def spend(voter: User, purpose: OverridePurpose, matter: str = "", *, now: datetime) -> None:
    """Use up a confirmed override. `matter` says what for, as in "election:3".

    Raises OverrideRefused if there is none. Of several callers at once, only one succeeds.
    """
    usable = AccessOverride.objects.filter(
        voter=voter,
        purpose=purpose,
        confirmed_by__isnull=False,
        spent_at=None,
        expires_at__gt=now,
    )
    for candidate in usable:
        # The update checks spent_at again, so of two browser tabs only one can change the row.
        unspent = AccessOverride.objects.filter(pk=candidate.pk, spent_at=None)
        if unspent.update(spent_at=now, spent_on=matter):
            _record(Action.OVERRIDE_SPENT, candidate, actor=voter)
            return
    raise OverrideRefused(OverrideRefusalCode.NO_OVERRIDE)


def _require_official(official: User, voter: User) -> None:
    try:
        require_official(official, PERMISSION)
    except ProposalRefused as refused:
        raise OverrideRefused(OverrideRefusalCode(refused.code)) from refused
    if official.pk == voter.pk:
        raise OverrideRefused(OverrideRefusalCode.ONESELF)


def _record(action: Action, override: AccessOverride, *, actor: User) -> None:
    record(action, actor=actor, subject=f"override:{override.pk}", purpose=str(override.purpose))
