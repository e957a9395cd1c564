"""By what a frame that came before is known again, and one that follows no other is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from biometrics.engine.types import Box, FloatArray, ImageArray

# The face with some surroundings: a still background would hide that the face moved.
CONTEXT = 0.25
SCENE = (16, 12)


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


def scene(image: ImageArray) -> FloatArray:
    """(12, 16) float32: the whole frame's brightness, coarsely."""
    small = cv2.resize(image, SCENE, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
