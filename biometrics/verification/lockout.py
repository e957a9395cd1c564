"""Limits failed face steps in a row.

After five failures the voter has to wait, each time twice as long. After fifty, only an official
can help.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.audit import Action, record, user_subject
from biometrics.models import FaceLockout
from biometrics.verification import allowance

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

FREE_FAILURES = 5
MAX_FAILURES = 50
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=4)


def is_blocked(user: User) -> bool:
    """Say whether the voter is locked out until an official helps."""
    return FaceLockout.objects.filter(user=user, blocked=True).exists()


def seconds_to_wait(user: User, now: datetime) -> int:
    """Return how long the user has to wait before another try, 0 for no wait."""
    lockout = FaceLockout.objects.filter(user=user).first()
    if lockout is None:
        return 0
    if lockout.wait_until is None or lockout.wait_until <= now:
        return 0
    return int((lockout.wait_until - now).total_seconds()) + 1


def holds(user: User, now: datetime) -> bool:
    """Say whether the voter may not be verified now."""
    return is_blocked(user) or seconds_to_wait(user, now) > 0


def tries_left(user: User) -> int:
    """Return how many face steps may run at once without passing a limit together; at least 1."""
    lockout = FaceLockout.objects.filter(user=user).first()
    return max(1, FREE_FAILURES - lockout.failures) if lockout else FREE_FAILURES


def count_failure(user: User, now: datetime) -> FaceLockout:
    """Count one more failure, and set the wait that follows from it.

    It is called within a transaction. The row is locked, so that two failures at the same time
    are both counted.
    """
    FaceLockout.objects.get_or_create(user=user)
    lockout = FaceLockout.objects.select_for_update().get(user=user)
    lockout.failures += 1
    lockout.blocked = lockout.failures >= MAX_FAILURES
    lockout.wait_until = now + wait_after(lockout.failures)
    lockout.save()
    return lockout


def forget_failures(user: User) -> None:
    """Start counting anew after a success. A voter who is blocked stays blocked."""
    FaceLockout.objects.filter(user=user, blocked=False).delete()


def wait_after(failures: int) -> timedelta:
    """Return the wait after this many failures in a row: 30 seconds, doubling up to 4 hours."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    doubled: int = 2 ** min(failures - FREE_FAILURES, 20)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


@transaction.atomic
def reset_lockout(user: User, *, actor: User) -> bool:
    """Let a voter try the face step again. Return whether there was anything to reset."""
    lockouts = FaceLockout.objects.filter(user=user).exclude(failures=0, blocked=False)
    reset = lockouts.update(failures=0, wait_until=None, blocked=False)
    if not (allowance.reset(user) or reset):
        return False
    record(Action.LOCKOUT_RESET, actor=actor, subject=user_subject(user.pk))
    return True
