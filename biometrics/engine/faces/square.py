"""Cuts a turned square out of a picture, as the networks for meshes and eyes take it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.engine.types import RgbImage

if TYPE_CHECKING:
    from biometrics.engine.types import FloatArray


def square(
    image: RgbImage, centre: tuple[float, float], size: float, turn: float, side: int
) -> tuple[RgbImage, FloatArray]:
    """Cut out a square around `centre` (x, y) and resize it to `side` pixels a side.

    The square is `size` pixels wide in `image` and turned by `turn` radians, clockwise in the
    picture. Also return the (2, 3) float32 affine transform from its pixels to those of `image`.
    Parts of the square that lie outside the picture are black.
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
    return RgbImage(np.asarray(crop, dtype=np.uint8)), to_image
