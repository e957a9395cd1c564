"""Small summaries of a frame: one detects a repeated frame, the other a cut between two frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.engine.types import RgbImage

if TYPE_CHECKING:
    from biometrics.engine.types import Box, FloatArray

# How much of the surroundings a fingerprint covers, in box sides. In a fingerprint of the whole
# frame, a still background would hide that the face moved.
CONTEXT = 0.25
# Width and height of the miniature of a whole frame.
SCENE = (16, 12)


def fingerprint(image: RgbImage, box: Box | None = None) -> int:
    """Return a 64-bit hash of how the face looks, or the whole frame if there is no `box`.

    Each bit says whether the brightness rises between two neighbours in a row of a miniature of
    8 rows and 9 columns. Frames that look alike differ in few bits.
    """
    part = image if box is None else _around(image, box)
    small = cv2.resize(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), (9, 8), interpolation=cv2.INTER_AREA)
    steps = small[:, 1:] > small[:, :-1]
    return int.from_bytes(np.packbits(steps).tobytes(), "big")


def _around(image: RgbImage, box: Box) -> RgbImage:
    across, down = box.width * CONTEXT, box.height * CONTEXT
    top, bottom = max(0, int(box.top - down)), max(0, int(box.bottom + down))
    left, right = max(0, int(box.left - across)), max(0, int(box.right + across))
    part = RgbImage(image[top:bottom, left:right])
    return part if part.size else image


def scene(image: RgbImage) -> FloatArray:
    """Return the brightness of the whole frame as a miniature: (12, 16) float32, 0 to 255."""
    small = cv2.resize(image, SCENE, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
