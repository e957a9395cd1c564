"""Why an uploaded file is not kept as a photo, with the words for it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from uuid import UUID

    from django.utils.functional import _StrPromise


MAX_PHOTOS = 10


class PhotoRefusalCode(StrEnum):
    """Why a file was not kept; the values of ImageRefusalCode are among these."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    WRONG_FORMAT = "wrong_format"
    ANIMATED = "animated"
    SIDE_TOO_SHORT = "side_too_short"
    SIDE_TOO_LONG = "side_too_long"
    TOO_MANY_PIXELS = "too_many_pixels"
    TRANSPARENT = "transparent"
    BROKEN = "broken"
    DUPLICATE = "duplicate"
    TOO_MANY = "too_many"
    CONSENT_MISSING = "consent_missing"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    NO_ROOM = "no_room"


WORDS: dict[PhotoRefusalCode, _StrPromise] = {
    PhotoRefusalCode.EMPTY: _("The file is empty."),
    PhotoRefusalCode.TOO_LARGE: _("The file is larger than 8 MB. Save it smaller and try again."),
    PhotoRefusalCode.WRONG_FORMAT: _(
        "Only JPEG, PNG, WebP and HEIC pictures are taken. Save it as a JPEG and try again."
    ),
    PhotoRefusalCode.ANIMATED: _("The picture moves. Save one picture of it as a JPEG."),
    PhotoRefusalCode.SIDE_TOO_SHORT: _("A picture must be at least 64 pixels wide and high."),
    PhotoRefusalCode.SIDE_TOO_LONG: _(
        "A picture may be at most 12,000 pixels wide and high. Cut out the face and its "
        "surroundings, and try again."
    ),
    PhotoRefusalCode.TOO_MANY_PIXELS: _(
        "A picture may have at most 50 megapixels. Save it smaller and try again."
    ),
    PhotoRefusalCode.TRANSPARENT: _("The whole picture is transparent: there is nothing to see."),
    PhotoRefusalCode.BROKEN: _("The file is damaged and cannot be read as a picture."),
    PhotoRefusalCode.DUPLICATE: _("This voter already has this very picture."),
    PhotoRefusalCode.TOO_MANY: _("This voter already has ten photos. Remove one first."),
    PhotoRefusalCode.CONSENT_MISSING: _(
        "This person has not agreed to the face check yet. Ask the person to sign in and agree, or "
        "record a consent that was signed on paper."
    ),
    PhotoRefusalCode.CONSENT_WITHDRAWN: _(
        "This person has withdrawn the consent to face verification. No photo can be added until "
        "the consent is given again."
    ),
    PhotoRefusalCode.NO_ROOM: _("There is no room left on the server; nothing was stored."),
}


class PhotoRefused(ValueError):
    """The file was not accepted, and nothing was stored; `code` says why."""

    def __init__(self, code: PhotoRefusalCode) -> None:
        super().__init__(str(code))
        self.code = code

    @property
    def status(self) -> int:
        """The HTTP status: 400 if the file is at fault, 507 if the server's disk is full."""
        return 507 if self.code == PhotoRefusalCode.NO_ROOM else 400

    @property
    def words(self) -> str:
        return str(WORDS[self.code])


class PhotoDuplicate(PhotoRefused):
    """The voter already has this picture; `photo_id` is the photo that is kept."""

    def __init__(self, photo_id: UUID) -> None:
        super().__init__(PhotoRefusalCode.DUPLICATE)
        self.photo_id = photo_id
