"""Template tags with which other apps' pages show a voter's enrolment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from biometrics.consent.agreement import has_consent
from biometrics.enrolment.notices import unread_notices as unread_notices_of
from biometrics.enrolment.refusals import MAX_PHOTOS
from biometrics.enrolment.tiles import Panel, panel_of
from biometrics.models import Reference

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from biometrics.models import EnrolmentNotice

register = template.Library()


@register.simple_tag
def enrolment_panel(person: User, official: User) -> Panel | None:
    """Return a voter's photos as this official may see them; None without the permission."""
    if not official.has_perm("biometrics.view_referencephoto"):
        return None
    return panel_of(person, official)


@register.simple_tag
def most_photos() -> int:
    """Return how many photos a voter may have."""
    return MAX_PHOTOS


@register.simple_tag
def unread_notices(person: User) -> QuerySet[EnrolmentNotice]:
    """Return the notices of enrolled photos that this person has not confirmed yet."""
    return unread_notices_of(person)


@register.simple_tag
def reference_of(person: User) -> Reference | None:
    """Return the newest reference with which this person is verified; None without one."""
    return Reference.objects.filter(user=person).order_by("-made_at").first()


@register.simple_tag
def consented(person: User) -> bool:
    return has_consent(person)
