"""An uploaded file -> the JPEG that is kept: checked, upright, small, without metadata."""

from __future__ import annotations

import cv2

from biometrics.engine.errors import ImageRefused
from biometrics.engine.images import PHOTO_SIDE, decode_photo
from biometrics.enrolment.refusals import PhotoCode, PhotoRefused

# The size at which photos are judged: kept larger, every encoding would shrink it once more.
MAX_SIDE = PHOTO_SIDE
JPEG_QUALITY = 92


def intake(data: bytes) -> bytes:
    """Raises PhotoRefused; the header is judged before anything is decoded.

    Only pixels survive: whatever else the file held (place, time, thumbnails) is not copied.
    """
    try:
        image = decode_photo(data, side=MAX_SIDE)
    except ImageRefused as refusal:
        raise PhotoRefused(PhotoCode(refusal.code.value)) from refusal
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    done, jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise PhotoRefused(PhotoCode.BROKEN)
    return bytes(jpeg.tobytes())
