"""The template tag with which the administration's first page shows what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from facevote.desk import Matter, desk_of

if TYPE_CHECKING:
    from accounts.models import User

register = template.Library()


@register.simple_tag
def desk(official: User) -> list[Matter]:
    return desk_of(official)
