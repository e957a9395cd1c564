"""Lets pages that know nothing of biometrics show a voter's enrolment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from biometrics.photo_refusal import MAX_PHOTOS
from biometrics.photo_tiles import Panel, panel_of

if TYPE_CHECKING:
    from accounts.models import User

register = template.Library()


@register.simple_tag
def enrolment_panel(person: User, official: User) -> Panel | None:
    """The voter's photos as this official may see them; None without the permission."""
    if not official.has_perm("biometrics.view_referencephoto"):
        return None
    return panel_of(person, official)


@register.simple_tag
def most_photos() -> int:
    return MAX_PHOTOS
