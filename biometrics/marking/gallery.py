"""Whom a search is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.models import User
from biometrics.enrolment.gallery import Gallery

if TYPE_CHECKING:
    from biometrics.engine.types import Template

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from biometrics.engine.types import Template


@dataclass(frozen=True, slots=True)
class Wanted:
    """One person (1:1) or, if `one` is None, everybody in `templates` (1:N)."""

    templates: Mapping[int, Template]
    names: Mapping[int, str]
    one: int | None = None


# No row has this key: a search that leaves nobody out.
NOBODY = 0


def gallery_of(encoder_sha256: str) -> Wanted:
    """Everybody enrolled with this encoder, for a search by an official."""
    gallery = Gallery(encoder_sha256)
    gallery.refresh()
    templates = gallery.others(NOBODY)
    people = User.objects.filter(references__encoder_sha256=encoder_sha256)
    return Wanted(templates, dict(people.values_list("pk", "username")))
