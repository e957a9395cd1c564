"""Turns an uploaded file into the JPEG that is kept: checked, upright, small, without metadata."""

from __future__ import annotations

from biometrics.engine.errors import ImageRefused
from biometrics.engine.images import PHOTO_SIDE, decode_photo, encode_jpeg, to_bgr
from biometrics.enrolment.refusals import PhotoRefusalCode, PhotoRefused

# Photos are kept at the size at which they are judged. A larger one would have to be shrunk each
# time it is encoded.
MAX_SIDE = PHOTO_SIDE
JPEG_QUALITY = 92


def intake(data: bytes) -> bytes:
    """Return the JPEG to keep for an uploaded file.

    Only the pixels are kept. Everything else in the file (place, time, thumbnails) is lost.
    Raises PhotoRefused if the file is not an acceptable photo; its header is checked before
    anything is decoded.
    """
    try:
        image = decode_photo(data, side=MAX_SIDE)
        return encode_jpeg(to_bgr(image), quality=JPEG_QUALITY)
    except ImageRefused as refusal:
        raise PhotoRefused(PhotoRefusalCode(refusal.code.value)) from refusal
