"""The photos that wait for an official, each set beside what the club has of that person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from accounts.proposals.protected import needs_second_official
from biometrics.models import SelfEnrolment, SelfEnrolmentState
from biometrics.self_enrolment.showing import known_pictures, pictures_of

if TYPE_CHECKING:
    from datetime import datetime

# So many are decrypted for one page.
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Waiting:
    """One voter's photos. `resembles` is the name of another voter with this face, or empty.

    `fits_card` is None where the club has no photo of a card. `two_officials` says that another
    official has to approve as well.
    """

    pk: int
    user_id: int
    name: str
    full_name: str
    handed_in_at: datetime | None
    own: tuple[str, ...]
    known: tuple[str, ...]
    searched: bool
    resembles: str
    fits_card: bool | None
    two_officials: bool


@dataclass(frozen=True, slots=True)
class Review:
    """What is shown now, the longest waiting first, and how many wait in all."""

    shown: tuple[Waiting, ...]
    waiting: int
    proposed: int


def review() -> Review:
    handed_in = SelfEnrolment.objects.filter(state=SelfEnrolmentState.HANDED_IN)
    proposed = SelfEnrolment.objects.filter(state=SelfEnrolmentState.PROPOSED)
    rows = handed_in.select_related("user", "resembles").order_by("handed_in_at", "pk")
    return Review(tuple(_waiting(row) for row in rows[:SHOWN]), handed_in.count(), proposed.count())


def _waiting(row: SelfEnrolment) -> Waiting:
    user = row.user
    return Waiting(
        pk=row.pk,
        user_id=user.pk,
        name=user.get_username(),
        full_name=user.get_full_name(),
        handed_in_at=row.handed_in_at,
        own=tuple(pictures_of(row)),
        known=tuple(known_pictures(user)),
        searched=row.searched_at is not None,
        resembles=row.resembles.get_username() if row.resembles else "",
        fits_card=row.fits_card,
        two_officials=settings.SELF_ENROLMENT_FOUR_EYES or needs_second_official(user),
    )
