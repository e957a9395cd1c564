"""Failed face steps in a row: after five a wait that doubles, after fifty an official's help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.audit import Action, record, user_subject
from accounts.models import User
from biometrics.models import (
    FaceLockout,
)

if TYPE_CHECKING:
    from datetime import datetime

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

FREE_FAILURES = 5
MAX_FAILURES = 50
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=4)


def is_blocked(user: User) -> bool:
    """Whether no waiting helps, but an official."""
    return FaceLockout.objects.filter(user=user, blocked=True).exists()


def seconds_to_wait(user: User, now: datetime) -> int:
    """0 when the user may try now."""
    lockout = FaceLockout.objects.filter(user=user).first()
    if lockout is None:
        return 0
    if lockout.wait_until is None or lockout.wait_until <= now:
        return 0
    return int((lockout.wait_until - now).total_seconds()) + 1


def count_failure(user: User, now: datetime) -> FaceLockout:
    """In the caller's transaction; the row is locked so that no failure is lost."""
    FaceLockout.objects.get_or_create(user=user)
    lockout = FaceLockout.objects.select_for_update().get(user=user)
    lockout.failures += 1
    lockout.blocked = lockout.failures >= MAX_FAILURES
    lockout.wait_until = now + wait_after(lockout.failures)
    lockout.save()
    return lockout


def forget_failures(user: User) -> None:
    FaceLockout.objects.filter(user=user, blocked=False).delete()


def wait_after(failures: int) -> timedelta:
    if failures < FREE_FAILURES:
        return timedelta(0)
    doubled: int = 2 ** min(failures - FREE_FAILURES, 20)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


@transaction.atomic
def reset_lockout(user: User, *, actor: User) -> bool:
    """Let a voter try the face step again; says whether anything stood in the way."""
    reset = FaceLockout.objects.filter(user=user).exclude(failures=0, blocked=False)
    if not reset.update(failures=0, wait_until=None, blocked=False):
        return False
    record(Action.LOCKOUT_RESET, actor=actor, subject=user_subject(user.pk))
    return True
