"""Who may bring a face in: officials only, or voters themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.dispatch import Signal

from biometrics.models import (
    EnrolmentPolicy,
    PhotoState,
    ReferencePhoto,
    SelfEnrolment,
    SelfEnrolmentState,
)
from biometrics.storage.references import has_reference

if TYPE_CHECKING:
    from accounts.models import User

# Elections may be stricter or more open than the site. A receiver gets `user` and returns the
# policies of the elections that have this voter on their roll.
self_enrolment_asked = Signal()

# With an official; until then the voter can neither hand in others nor take these back.
WITH_THE_OFFICE = (SelfEnrolmentState.HANDED_IN, SelfEnrolmentState.PROPOSED)


def policy_for(user: User) -> EnrolmentPolicy:
    """The strictest policy of the voter's elections; the site's where there is none."""
    answers = self_enrolment_asked.send(sender=None, user=user)
    asked = [EnrolmentPolicy(policy) for _receiver, answer in answers for policy in answer or ()]
    return min(asked or [site_policy()], key=list(EnrolmentPolicy).index)


def site_policy() -> EnrolmentPolicy:
    return EnrolmentPolicy(settings.SELF_ENROLMENT)


def may_take_photos(user: User) -> bool:
    """Whether this voter may take photos of the own face now.

    Only the first ones: whoever has a face enrolled asks the office to change it, so that nobody
    who has got hold of a password can put another face in its place.
    """
    if policy_for(user) == EnrolmentPolicy.OFFICIALS or has_reference(user):
        return False
    if SelfEnrolment.objects.filter(user=user, state__in=WITH_THE_OFFICE).exists():
        return False
    return not ReferencePhoto.objects.filter(user=user, state=PhotoState.WAITING).exists()


def is_on_the_way(user: User) -> bool:
    """Whether the page of the own photos is where this voter goes on, instead of a face step."""
    return policy_for(user) != EnrolmentPolicy.OFFICIALS and not has_reference(user)
