"""Finds work whose task was lost, for example because its worker was killed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from biometrics.enrolment.encoding import CLAIM_LIFE
from biometrics.models import PhotoState, Reference, ReferencePhoto

if TYPE_CHECKING:
    from datetime import datetime

STALE_AFTER = timedelta(seconds=60)


def claim_stale_photos(*, now: datetime) -> list[str]:
    """Return waiting photos that no worker has taken; each is returned once in STALE_AFTER."""
    stale = ReferencePhoto.objects.filter(
        Q(started_at__isnull=True) | Q(started_at__lt=now - CLAIM_LIFE),
        state=PhotoState.WAITING,
        queued_at__lt=now - STALE_AFTER,
    )
    waiting_longest = stale.order_by("queued_at").values_list("pk", flat=True)
    return [str(pk) for pk in waiting_longest if stale.filter(pk=pk).update(queued_at=now)]


def stale_references(*, now: datetime) -> list[int]:
    """Return the users whose photos changed a while ago, but whose reference did not."""
    stale = Reference.objects.filter(stale_since__lt=now - STALE_AFTER)
    return sorted(set(stale.values_list("user_id", flat=True)))
