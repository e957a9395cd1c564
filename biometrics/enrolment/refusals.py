"""Why an uploaded file does not become a photo, in words."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from uuid import UUID

    from django.utils.functional import _StrPromise


MAX_PHOTOS = 10


class PhotoCode(StrEnum):
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    WRONG_FORMAT = "wrong_format"
    WRONG_SIZE = "wrong_size"
    BROKEN = "broken"
    DUPLICATE = "duplicate"
    TOO_MANY = "too_many"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    NO_ROOM = "no_room"


WORDS: dict[PhotoCode, _StrPromise] = {
    PhotoCode.EMPTY: _("The file is empty."),
    PhotoCode.TOO_LARGE: _("The file is larger than 8 MB. Save it smaller and try again."),
    PhotoCode.WRONG_FORMAT: _(
        "Only plain JPEG, PNG or WebP pictures are taken: no animations, no other formats and "
        "nothing hidden behind the picture. Save it as a JPEG and try again."
    ),
    PhotoCode.WRONG_SIZE: _(
        "A picture must be at least 64 pixels a side and 24 megapixels at most."
    ),
    PhotoCode.BROKEN: _("The file is damaged and cannot be read as a picture."),
    PhotoCode.DUPLICATE: _("This voter already has this very picture."),
    PhotoCode.TOO_MANY: _("This voter already has ten photos. Remove one first."),
    PhotoCode.CONSENT_WITHDRAWN: _(
        "This person has withdrawn the consent to face verification. No photo can be added until "
        "the consent is given again."
    ),
    PhotoCode.NO_ROOM: _("There is no room left on the server; nothing was stored."),
}


class PhotoRefused(ValueError):
    """The file was not taken; nothing was stored."""

    def __init__(self, code: PhotoCode) -> None:
        super().__init__(str(code))
        self.code = code

    @property
    def status(self) -> int:
        """Of an HTTP answer: the file's fault, or the server's disk that is full."""
        return 507 if self.code == PhotoCode.NO_ROOM else 400

    @property
    def words(self) -> str:
        return str(WORDS[self.code])


class PhotoDuplicate(PhotoRefused):
    """The voter has this picture: `photo_id` is the one that is kept."""

    def __init__(self, photo_id: UUID) -> None:
        super().__init__(PhotoCode.DUPLICATE)
        self.photo_id = photo_id
