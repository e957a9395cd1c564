"""A face cut out of its picture, with room around it."""

from __future__ import annotations

import cv2
import numpy as np

from biometrics.engine.types import Box, RgbImage

# In face sides: more than any network here looks at, so that another crop can be tried later.
CONTEXT = 4.0
# The JPEG quality of pictures that a network learns from: little of the camera's noise is lost.
JPEG_QUALITY = 95


def with_surroundings(image: RgbImage, box: Box, *, max_side: int) -> tuple[RgbImage, Box]:
    """The part of `image` around `box`, and the box in that part.

    `image` is (height, width, 3) uint8 in RGB or BGR, and so is the part. It is shrunk to at most
    `max_side` pixels a side, and smaller where the picture ends.
    """
    half = max(box.width, box.height) * CONTEXT / 2
    across, down = box.centre
    left, top = max(0, int(across - half)), max(0, int(down - half))
    part = image[top : int(down + half) + 1, left : int(across + half) + 1]
    scale = min(1.0, max_side / max(part.shape[:2]))
    size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    moved = Box(
        (box.left - left) * scale,
        (box.top - top) * scale,
        (box.right - left) * scale,
        (box.bottom - top) * scale,
    )
    return RgbImage(np.asarray(small, dtype=np.uint8)), moved
