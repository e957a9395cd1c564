"""Limits what the face steps of one account may try out in a day, whatever their verdicts.

Failed face steps are limited by `lockout`. But a frame that is compared tells something too, and so
does a movement that is asked for; who leaves before the verdict is limited here.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Greatest

from biometrics.models import FaceAllowance

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

DAY = timedelta(hours=24)
# A telephone rings, a connection breaks: so often a day somebody may leave while moving the head,
# and it is no failed try.
FREE_LEFT = 10
# Camera checks are no tries, so that nobody who gets ready is locked out. They must not be free
# tries for somebody else either.
FAILED_CHECKS = 10


def hold(user: User, now: datetime) -> FaceAllowance:
    """Return the account's allowance; until the transaction ends, nobody else gets it.

    So of an account's tickets, sockets and verdicts, one is decided on after the other. After a day
    the allowance is a new one.
    """
    FaceAllowance.objects.get_or_create(user=user, defaults={"began_at": now})
    allowance = FaceAllowance.objects.select_for_update().get(user=user)
    if now - allowance.began_at >= DAY:
        allowance.began_at = now
        allowance.frames = allowance.left = allowance.checks = 0
        allowance.save()
    return allowance


def seconds_to_wait(allowance: FaceAllowance, now: datetime) -> int:
    """Return how long the account has to wait for new frames; 0 if it has some left."""
    if allowance.frames < settings.FACE_FRAMES_PER_DAY:
        return 0
    return _seconds_left(allowance, now)


def seconds_to_next_check(allowance: FaceAllowance, now: datetime) -> int:
    """Return how long the account has to wait for the next camera check; 0 if it has some left."""
    return 0 if allowance.checks < FAILED_CHECKS else _seconds_left(allowance, now)


def count_check(allowance: FaceAllowance) -> None:
    """Count a camera check that did not find the voter; the caller holds the allowance."""
    allowance.checks += 1
    allowance.save(update_fields=["checks"])


def _seconds_left(allowance: FaceAllowance, now: datetime) -> int:
    return int((allowance.began_at + DAY - now).total_seconds()) + 1


def take_frames(user: User, frames: int) -> bool:
    """Set so many frames aside before they are compared. Return whether there were as many.

    One statement checks and counts, so sockets that ask at the same moment get no more in all.
    """
    room = settings.FACE_FRAMES_PER_DAY - frames
    return bool(
        FaceAllowance.objects.filter(user=user, frames__lte=room).update(
            frames=F("frames") + frames
        )
    )


def give_frames_back(user: User, frames: int) -> None:
    """Some frames that were set aside have not been compared after all."""
    if frames > 0:
        FaceAllowance.objects.filter(user=user).update(
            frames=Greatest(F("frames"), frames) - frames
        )


def count_left(allowance: FaceAllowance) -> bool:
    """Count a face step that somebody left. Return whether it was one too many."""
    allowance.left += 1
    allowance.save(update_fields=["left"])
    return allowance.left > FREE_LEFT


def reset(user: User) -> bool:
    """Give the account a new allowance. Return whether anything of the old one was used."""
    used = FaceAllowance.objects.filter(user=user).exclude(frames=0, left=0, checks=0)
    return bool(used.update(frames=0, left=0, checks=0))
