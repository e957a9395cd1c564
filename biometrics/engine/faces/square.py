"""A turned square out of a picture, as the networks for meshes and eyes take it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from biometrics.engine.types import FloatArray, ImageArray


def square(
    image: ImageArray, centre: tuple[float, float], size: float, turn: float, side: int
) -> tuple[ImageArray, FloatArray]:
    """A square of `size` pixels, turned by `turn` radians, in `side` pixels; and the way back.

    The (2, 3) array leads from the square's pixels to the image's.
    """
    scale = size / side
    cos, sin = math.cos(turn) * scale, math.sin(turn) * scale
    half = (side - 1) / 2
    to_image = np.array(
        [
            [cos, -sin, centre[0] - half * cos + half * sin],
            [sin, cos, centre[1] - half * sin - half * cos],
        ],
        dtype=np.float32,
    )
    crop = cv2.warpAffine(
        image, to_image, (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    )
    return np.asarray(crop, dtype=np.uint8), to_image
