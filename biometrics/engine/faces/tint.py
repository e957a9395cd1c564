"""The colour of a face, as the light that falls on it makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from biometrics.engine.faces import landmarks as mesh

if TYPE_CHECKING:
    from biometrics.engine.types import FloatArray, ImageArray, Landmarks

# Standard RGB to light, near enough.
GAMMA = 2.2
LIGHT = (np.arange(256, dtype=np.float32) / 255) ** np.float32(GAMMA)
# Too dark or at the limit: such a pixel says nothing of the light that falls on it.
DARKEST, BRIGHTEST = 8, 247
# Brows to chin, in shares of the mesh's bounds; without hair, ears and collar.
LEFT, TOP, RIGHT, BOTTOM = 0.2, 0.25, 0.8, 0.8
LEAST_PIXELS = 400


def tint(image: ImageArray, landmarks: Landmarks) -> FloatArray | None:
    """(3,) float32: natural logarithm of the face's red, green and blue light, 0 at the most.

    None where too little of it is neither black nor at the limit.
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
