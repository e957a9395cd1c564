"""A 64-bit perceptual hash, by which a frame that came before is known again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from biometrics.engine.types import Box, ImageArray

# The face with some surroundings: a still background would hide that the face moved.
CONTEXT = 0.25


def fingerprint(image: ImageArray, box: Box | None = None) -> int:
    """Signs of the brightness steps across an 8x9 miniature of the face, or of the frame."""
    part = image if box is None else _around(image, box)
    small = cv2.resize(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), (9, 8), interpolation=cv2.INTER_AREA)
    steps = small[:, 1:] > small[:, :-1]
    return int.from_bytes(np.packbits(steps).tobytes(), "big")


def _around(image: ImageArray, box: Box) -> ImageArray:
    across, down = box.width * CONTEXT, box.height * CONTEXT
    top, bottom = max(0, int(box.top - down)), max(0, int(box.bottom + down))
    left, right = max(0, int(box.left - across)), max(0, int(box.right + across))
    part = image[top:bottom, left:right]
    return part if part.size else image
