"""Measures how light a skin is in the picture, so that error rates can be given by skin tone."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.engine.faces.alignment import ARCFACE, align

if TYPE_CHECKING:
    from biometrics.engine.types import Landmarks, RgbImage

# The cheeks on an aligned crop: rows and columns.
CHEEKS = ((slice(66, 80), slice(26, 46)), (slice(66, 80), slice(66, 86)))
MIDDLE_LIGHTNESS = 50.0


class SkinGroup(StrEnum):
    """Skin colours by their angle, after Chardon and others, Int. J. Cosmetic Science 13, 1991."""

    VERY_LIGHT = "very_light"
    LIGHT = "light"
    INTERMEDIATE = "intermediate"
    TAN = "tan"
    BROWN = "brown"
    DARK = "dark"


# The least angle of each group in degrees; what is below all of them is dark.
LEAST_ANGLES = (
    (55.0, SkinGroup.VERY_LIGHT),
    (41.0, SkinGroup.LIGHT),
    (28.0, SkinGroup.INTERMEDIATE),
    (10.0, SkinGroup.TAN),
    (-30.0, SkinGroup.BROWN),
)


def typology_angle(image: RgbImage, landmarks: Landmarks) -> float:
    """Return the individual typology angle of the cheeks in degrees; higher is lighter.

    It is the angle of lightness over yellow in CIELAB. It is measured in the light that the picture
    has: a light skin in a dark room counts as dark. `image` is (height, width, 3) uint8 in RGB.
    """
    crop = align(image, landmarks, ARCFACE).astype(np.float32) / 255
    lab = cv2.cvtColor(crop, cv2.COLOR_RGB2LAB)
    cheeks = np.concatenate([lab[rows, columns].reshape(-1, 3) for rows, columns in CHEEKS])
    lightness, _red, yellow = (float(value) for value in np.median(cheeks, axis=0))
    return math.degrees(math.atan2(lightness - MIDDLE_LIGHTNESS, max(yellow, 1e-3)))


def skin_group(angle: float) -> SkinGroup:
    """Return the group of an angle in degrees."""
    return next((group for least, group in LEAST_ANGLES if angle >= least), SkinGroup.DARK)
