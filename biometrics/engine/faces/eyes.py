"""Measures how far the eyes are open, from the contours of the lids."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from biometrics.engine.artifacts import load_artifact
from biometrics.engine.faces.square import square
from biometrics.engine.network import Network
from biometrics.engine.types import RgbImage

if TYPE_CHECKING:
    from pathlib import Path

    from biometrics.engine.types import FloatArray, Landmarks

ARTIFACT = "eye-contour"
SIDE = 64
# The openness of an open eye: the median of 7,699 pictures of LFW.
OPEN = 0.26
# The network was trained on squares with sides of 2.3 eye widths.
CONTEXT = 2.3
# The corners of both eyes in the face mesh. The corner at the left of the picture comes first.
LEFT, RIGHT = (33, 133), (362, 263)
CONTOUR_VALUES = 71 * 3
# Points of the network's contour: the corners, and the points of the two lids that lie opposite
# to each other.
CORNERS = 0, 8
LOWER_LID, UPPER_LID = slice(2, 7), slice(10, 15)


class EyeContours:
    """Finds the lids of both eyes. Not safe to share between threads.

    It is needed because the face mesh does not show that eyes are shut.
    """

    def __init__(self, network: Network) -> None:
        self._network = network

    @classmethod
    def load(cls, models_dir: Path) -> EyeContours:
        """Raises ArtifactRefused if models/eye-contour.json or its file is not usable."""
        artifact = load_artifact(models_dir, ARTIFACT)
        return cls(Network(artifact, input_shape=(1, SIDE, SIDE, 3)))

    def openness(self, image: RgbImage, landmarks: Landmarks) -> float:
        """Return the distance of the lids over the width of the eye, the mean of both eyes.

        It is about OPEN for open eyes, and 0.05 to 0.1 for eyes that are shut.
        """
        mesh = landmarks.points[:, :2]
        left = self._openness_of_one_eye(_eye(image, *mesh[list(LEFT)]))
        # The network was trained on eyes at the left of the picture, so the other is mirrored.
        mirrored = RgbImage(_eye(image, *mesh[list(RIGHT)])[:, ::-1])
        return (left + self._openness_of_one_eye(mirrored)) / 2

    def _openness_of_one_eye(self, crop: RgbImage) -> float:
        outputs = self._network.run(crop[None] * np.float32(1 / 255))
        values = next(output for output in outputs if output.size == CONTOUR_VALUES)
        contour = values.reshape(-1, 3)[:, :2]
        gaps = np.linalg.norm(contour[UPPER_LID] - contour[LOWER_LID], axis=1)
        width = float(np.linalg.norm(contour[CORNERS[1]] - contour[CORNERS[0]]))
        return float(gaps.mean()) / max(width, 1e-6)


def _eye(image: RgbImage, start: FloatArray, end: FloatArray) -> RgbImage:
    """Cut out the eye between two corners, turned level: a square of SIDE pixels.

    `start` is the corner at the left of the picture.
    """
    across = end - start
    size = max(float(np.linalg.norm(across)), 1.0) * CONTEXT
    turn = math.atan2(float(across[1]), float(across[0]))
    x, y = ((start + end) / 2).tolist()
    return square(image, (x, y), size, turn, SIDE)[0]
