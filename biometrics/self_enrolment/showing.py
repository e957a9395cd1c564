"""The pictures of a self-enrolment, decrypted for the one page that shows them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from accounts.at_rest.sealing import SealBroken
from biometrics.models import PhotoState, ReferencePhoto
from biometrics.storage.photos import PhotoGone, read_photo

if TYPE_CHECKING:
    from accounts.models import User
    from biometrics.models import SelfEnrolment


def pictures_of(enrolment: SelfEnrolment) -> list[str]:
    """The photos of a voter as addresses that hold the picture, so that nothing else is asked."""
    photos = ReferencePhoto.objects.filter(self_enrolment=enrolment, state=PhotoState.HELD)
    return _as_data(list(photos.order_by("added_at", "pk")))


def known_pictures(user: User) -> list[str]:
    """What the club has of this voter: the membership card's photo, and enrolled ones."""
    known = (PhotoState.CARD, PhotoState.USABLE)
    photos = ReferencePhoto.objects.filter(user=user, state__in=known).exclude(file="")
    return _as_data(list(photos.order_by("state", "added_at")[:3]))


def _as_data(photos: list[ReferencePhoto]) -> list[str]:
    found = (_one(photo) for photo in photos)
    return [uri for uri in found if uri]


def _one(photo: ReferencePhoto) -> str:
    try:
        jpeg = read_photo(photo)
    except (PhotoGone, SealBroken):
        return ""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
