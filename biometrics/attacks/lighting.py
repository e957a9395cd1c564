"""A face in the light of a coloured screen: simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.engine.faces.tint import GAMMA

if TYPE_CHECKING:
    from biometrics.engine.types import FloatArray, PixelArray

# What surrounds the face is further away and gets this share of the light.
ROOM = 0.1
SOFTNESS = 0.1


def lit(image: PixelArray, points: FloatArray, light: FloatArray) -> PixelArray:
    """The picture with `light` added to the face; (height, width, 3) uint8 in and out.

    `points` (n, 2) outline the face, in pixels. `light` (3,) is a share of the light that is on
    the face already, for each colour, in the picture's own order (RGB or BGR).
    """
    hull = np.zeros(image.shape[:2], np.float32)
    cv2.fillConvexPoly(hull, cv2.convexHull(np.rint(points).astype(np.int32)), 1.0)
    soft = max(1, round(SOFTNESS * float(np.ptp(points[:, 0])))) * 2 + 1
    cover = np.asarray(cv2.GaussianBlur(hull, (soft, soft), 0))
    share = ROOM + (1 - ROOM) * cover[..., None]
    brighter = image * (1 + share * light.astype(np.float32)) ** np.float32(1 / GAMMA)
    return np.asarray(np.clip(np.rint(brighter), 0, 255), dtype=np.uint8)
