"""The gallery in which an official's tool searches: one voter (1:1) or everybody (1:N)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.models import User
from biometrics.enrolment.gallery import Gallery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from biometrics.engine.types import Template


@dataclass(frozen=True, slots=True)
class SearchGallery:
    """Templates and names by the voters' ids.

    With `claimed_id` a face is compared with that voter alone (1:1). Without it, the most similar
    of all is searched (1:N).
    """

    templates: Mapping[int, Template]
    names: Mapping[int, str]
    claimed_id: int | None = None


def everybody_enrolled(encoder_sha256: str) -> SearchGallery:
    """Return the gallery of all voters with a reference of this encoder."""
    gallery = Gallery(encoder_sha256)
    gallery.refresh()
    people = User.objects.filter(references__encoder_sha256=encoder_sha256)
    return SearchGallery(gallery.everybody(), dict(people.values_list("pk", "username")))
