"""Template tags about the election office: what waits for it, and how voters reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.conf import settings

from facevote.desk import Matter, desk_of

if TYPE_CHECKING:
    from accounts.models import User

register = template.Library()


@register.simple_tag
def office_contact() -> str:
    """How to reach the office. A tag, since error pages are made without context processors."""
    return str(settings.OFFICE_CONTACT)


@register.simple_tag
def version() -> str:
    """The version of FaceVote, for whoever reports a fault or compares scripts."""
    return str(settings.VERSION)


@register.simple_tag
def desk(official: User) -> list[Matter]:
    return desk_of(official)
