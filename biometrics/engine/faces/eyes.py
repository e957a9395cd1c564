"""How far eyes are open, by the contours of their lids."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from biometrics.engine.artifacts import load_artifact
from biometrics.engine.faces.square import square
from biometrics.engine.network import Network

if TYPE_CHECKING:
    from pathlib import Path

    from biometrics.engine.types import FloatArray, ImageArray, Landmarks

ARTIFACT = "eye-contour"
SIDE = 64
# The median of 7,699 pictures of LFW.
OPEN = 0.26
# The network was trained on squares of 2.3 eye widths.
CONTEXT = 2.3
# Corners of the eyes in the face mesh, picture left first in both.
LEFT, RIGHT = (33, 133), (362, 263)
CONTOUR_VALUES = 71 * 3
# Points of the network's contour: corners, then what lies opposite along both lids.
CORNERS = 0, 8
LOWER_LID, UPPER_LID = slice(2, 7), slice(10, 15)


class EyeContours:
    """Not safe to share between threads. The face mesh alone does not see that eyes are shut."""

    def __init__(self, network: Network) -> None:
        self._network = network

    @classmethod
    def load(cls, models_dir: Path) -> EyeContours:
        artifact = load_artifact(models_dir, ARTIFACT)
        return cls(Network(artifact, input_shape=(1, SIDE, SIDE, 3)))

    def openness(self, image: ImageArray, landmarks: Landmarks) -> float:
        """Lid distance over eye width, the mean of both eyes: about OPEN, or 0.05 to 0.1 shut."""
        mesh = landmarks.points[:, :2]
        left = self._one(_eye(image, *mesh[list(LEFT)]))
        # The network knows the eyes of picture left: the other one is mirrored.
        right = self._one(_eye(image, *mesh[list(RIGHT)])[:, ::-1])
        return (left + right) / 2

    def _one(self, crop: ImageArray) -> float:
        outputs = self._network.run(crop[None] * np.float32(1 / 255))
        contour = next(one for one in outputs if one.size == CONTOUR_VALUES).reshape(-1, 3)[:, :2]
        gaps = np.linalg.norm(contour[UPPER_LID] - contour[LOWER_LID], axis=1)
        width = float(np.linalg.norm(contour[CORNERS[1]] - contour[CORNERS[0]]))
        return float(gaps.mean()) / max(width, 1e-6)


def _eye(image: ImageArray, start: FloatArray, end: FloatArray) -> ImageArray:
    """(SIDE, SIDE, 3): the eye between two corners, picture left first, turned level."""
    across = end - start
    size = max(float(np.linalg.norm(across)), 1.0) * CONTEXT
    turn = math.atan2(float(across[1]), float(across[0]))
    x, y = ((start + end) / 2).tolist()
    return square(image, (x, y), size, turn, SIDE)[0]
