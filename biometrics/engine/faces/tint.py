"""Measures the colour of a face, which changes with the light that falls on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from biometrics.engine.faces import landmarks as mesh

if TYPE_CHECKING:
    from biometrics.engine.types import FloatArray, Landmarks, RgbImage

# From a value of standard RGB to the amount of light. A plain power is near enough to the exact
# curve.
GAMMA = 2.2
LIGHT = (np.arange(256, dtype=np.float32) / 255) ** np.float32(GAMMA)
# Pixels that are darker or brighter than this are left out: they are so near to the limits of
# the sensor that they say nothing about the light.
DARKEST, BRIGHTEST = 8, 247
# The part of the face from brows to chin without hair, ears and collar, in shares of the bounds
# of the mesh.
LEFT, TOP, RIGHT, BOTTOM = 0.2, 0.25, 0.8, 0.8
LEAST_PIXELS = 400


def tint(image: RgbImage, landmarks: Landmarks) -> FloatArray | None:
    """Return the natural logarithm of the face's mean red, green and blue light.

    The result is (3,) float32; 0 is the most light that a pixel can show, and other values are
    below 0. None if fewer than LEAST_PIXELS pixels can be used.
    """
    box = mesh.bounds(landmarks)
    rows = _whole(box.top + TOP * box.height, box.top + BOTTOM * box.height)
    columns = _whole(box.left + LEFT * box.width, box.left + RIGHT * box.width)
    pixels = image[rows, columns].reshape(-1, 3)
    usable = pixels[((pixels >= DARKEST) & (pixels <= BRIGHTEST)).all(axis=1)]
    if len(usable) < LEAST_PIXELS:
        return None
    return np.asarray(np.log(LIGHT[usable].mean(axis=0)), dtype=np.float32)


def _whole(start: float, end: float) -> slice:
    return slice(max(0, int(start)), max(0, int(end)))
