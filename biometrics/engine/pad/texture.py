"""Passive presentation attack detection: one network on the face with its surroundings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.engine.artifacts import load_artifact
from biometrics.engine.errors import ArtifactRefused
from biometrics.engine.network import Network
from biometrics.engine.types import RgbImage

if TYPE_CHECKING:
    from pathlib import Path

    from biometrics.engine.artifacts import Artifact
    from biometrics.engine.types import Box, FloatArray

ARTIFACT = "liveness"
SIDE = 128
# The face box enlarged so often: the edge of a sheet or a screen must be in the picture.
ENLARGEMENT = 2.7
BONA_FIDE = 0


def context_crop(image: RgbImage, box: Box) -> RgbImage:
    """The enlarged face box as a square of SIDE, RGB; moved and shrunk to stay in the frame."""
    height, width = image.shape[:2]
    side = max(box.width, box.height)
    scale = min(ENLARGEMENT, (height - 1) / side, (width - 1) / side)
    half = max(1.0, side * scale / 2)
    across, down = box.centre
    left = min(max(across - half, 0.0), max(0.0, width - 2 * half))
    top = min(max(down - half, 0.0), max(0.0, height - 2 * half))
    x, y, edge = int(left), int(top), max(1, int(2 * half))
    crop = image[y : y + edge, x : x + edge]
    small = cv2.resize(crop, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    return RgbImage(small.astype(np.uint8))


class TexturePad:
    """Scores a face from 0 to 1, higher is more bona fide. Not safe to share between threads."""

    def __init__(self, network: Network, *, threshold: float, sha256: str) -> None:
        self._network = network
        self.threshold = threshold
        self.sha256 = sha256

    @classmethod
    def load(cls, models_dir: Path) -> TexturePad:
        """Raises ArtifactRefused for a missing or altered file, or a card without a threshold."""
        artifact = load_artifact(models_dir, ARTIFACT)
        try:
            threshold = float(artifact.card["operating_point"]["threshold"])
        except (KeyError, TypeError, ValueError):
            raise ArtifactRefused(f"the card of {ARTIFACT} names no threshold") from None
        if not 0.0 < threshold < 1.0:
            raise ArtifactRefused(f"the threshold of {ARTIFACT} is not between 0 and 1")
        network = Network(artifact, input_shape=(1, SIDE, SIDE, 3))
        return cls(network, threshold=threshold, sha256=artifact.sha256)

    @classmethod
    def unjudged(cls, artifact: Artifact) -> TexturePad:
        """For one whose threshold is still to be chosen: nothing is over it."""
        network = Network(artifact, input_shape=(1, SIDE, SIDE, 3))
        return cls(network, threshold=1.0, sha256=artifact.sha256)

    def score(self, image: RgbImage, box: Box) -> float:
        """`image` is (height, width, 3) RGB, `box` in its pixels."""
        return bona_fide_share(self._logits(context_crop(image, box)))

    def _logits(self, crop: RgbImage) -> FloatArray:
        (logits,) = self._network.run(crop[None].astype(np.float32))
        row: FloatArray = logits[0]
        return row


def bona_fide_share(logits: FloatArray) -> float:
    """Softmax share of the first class; NaN, which nothing could be over, counts as 0."""
    shifted = np.exp(logits - logits.max())
    share = float(shifted[BONA_FIDE] / shifted.sum())
    return share if np.isfinite(share) else 0.0
