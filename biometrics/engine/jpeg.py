"""Pictures -> JPEG bytes. Each function names the colour order that it expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2

if TYPE_CHECKING:
    from biometrics.engine.types import ImageArray


def jpeg_of_bgr(image: ImageArray, *, quality: int) -> bytes:
    """`image` is (height, width, 3) uint8 in BGR; `quality` from 1 to 100, higher is better.

    Raises cv2.error for a picture without pixels.
    """
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def jpeg_of_rgb(image: ImageArray, *, quality: int) -> bytes:
    """As `jpeg_of_bgr`, for a picture in RGB."""
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
