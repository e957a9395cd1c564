"""Finds faces with BlazeFace (short range, 128x128)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.engine.artifacts import load_artifact
from biometrics.engine.network import Network
from biometrics.engine.types import Box

if TYPE_CHECKING:
    from pathlib import Path

    from biometrics.engine.types import FloatArray, RgbImage

ARTIFACT = "face-detection"
SIDE = 128
# The network's grid of anchors: 16x16 cells with 2 anchors each, and 8x8 cells with 6 each.
GRID = ((16, 2), (8, 6))
MIN_SCORE = 0.5
MAX_OVERLAP = 0.3


@dataclass(frozen=True, slots=True)
class Detection:
    """A face with six key points, in pixels of the frame; `score` is from 0 to 1.

    `points` is (6, 2) float32: the eye at the left of the picture, the eye at its right, the tip
    of the nose, the mouth, the ear at the left and the ear at the right.
    """

    box: Box
    score: float
    points: FloatArray


def _anchors() -> FloatArray:
    """Return the centre of each anchor's cell: (896, 2), x and y from 0 to 1."""
    centres = []
    for cells, repeats in GRID:
        steps = (np.arange(cells) + 0.5) / cells
        grid = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
        centres.append(np.repeat(grid, repeats, axis=0))
    return np.concatenate(centres).astype(np.float32)


class FaceDetector:
    """Finds the boxes of faces. Not safe to share between threads."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._anchors = _anchors()

    @classmethod
    def load(cls, models_dir: Path) -> FaceDetector:
        """Raises ArtifactRefused if models/face-detection.json or its file is not usable."""
        artifact = load_artifact(models_dir, ARTIFACT)
        return cls(Network(artifact, input_shape=(1, SIDE, SIDE, 3)))

    def detect(self, image: RgbImage, *, min_score: float = MIN_SCORE) -> tuple[Detection, ...]:
        """Return every face whose score is at least `min_score`, the largest first."""
        inputs, scale, left, top = letterbox(image)
        regressors, logits = self._network.run(inputs)
        scores = np.asarray(1 / (1 + np.exp(-np.clip(logits[0, :, 0], -80, 80))), dtype=np.float32)
        chosen = np.flatnonzero(scores >= min_score)
        if not chosen.size:
            return ()
        points = self._decode(regressors[0, chosen], chosen)
        points = (points * SIDE - np.array([left, top], dtype=np.float32)) / scale
        faces = [
            _detection(points[group], scores[chosen][group])
            for group in _groups(points, scores[chosen])
        ]
        return tuple(sorted(faces, key=lambda face: face.box.area, reverse=True))

    def _decode(self, raw: FloatArray, chosen: np.ndarray) -> FloatArray:
        """Return (n, 8, 2): two corners of the box and six points, in shares of the input."""
        pairs = raw.reshape(-1, 8, 2) / SIDE
        anchors = self._anchors[chosen]
        centre, half = pairs[:, 0] + anchors, pairs[:, 1] / 2
        corners = np.stack([centre - half, centre + half], axis=1)
        return np.concatenate([corners, pairs[:, 2:] + anchors[:, None]], axis=1)


def letterbox(image: RgbImage) -> tuple[FloatArray, float, float, float]:
    """Fit a picture into the network's square input.

    Return the input, (1, SIDE, SIDE, 3) float32 from -1 to 1; the scale by which the picture was
    resized; and the widths of the left and the top margin in pixels of the input.
    """
    height, width = image.shape[:2]
    scale = SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    left, top = (SIDE - size[0]) // 2, (SIDE - size[1]) // 2
    inputs = np.full((1, SIDE, SIDE, 3), -1, dtype=np.float32)
    inputs[0, top : top + size[1], left : left + size[0]] = small * np.float32(1 / 127.5) - 1
    return inputs, scale, left, top


def _groups(points: FloatArray, scores: FloatArray) -> list[np.ndarray]:
    """Return one array of indices for each face: the candidates that overlap, the surest first."""
    rest = list(np.argsort(-scores))
    groups = []
    while rest:
        overlaps = _overlaps(points[rest[0]], points[rest])
        groups.append(np.array([i for i, o in zip(rest, overlaps, strict=True) if o > MAX_OVERLAP]))
        rest = [i for i, o in zip(rest, overlaps, strict=True) if o <= MAX_OVERLAP]
    return groups


def _overlaps(candidate: FloatArray, others: FloatArray) -> FloatArray:
    """Return the intersection over union of one candidate's box with each of the others'."""
    low = np.maximum(candidate[0], others[:, 0])
    high = np.minimum(candidate[1], others[:, 1])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    areas = np.prod(others[:, 1] - others[:, 0], axis=1)
    own = np.prod(candidate[1] - candidate[0])
    overlaps: FloatArray = shared / np.maximum(areas + own - shared, 1e-9)
    # A candidate overlaps with itself, even if its box is empty.
    overlaps[(others == candidate).all(axis=(1, 2))] = 1.0
    return overlaps


def _detection(points: FloatArray, scores: FloatArray) -> Detection:
    """Make one face of its candidates: their mean, weighted by their scores."""
    mean = np.average(points, axis=0, weights=scores).astype(np.float32)
    (left, top), (right, bottom) = mean[0].tolist(), mean[1].tolist()
    return Detection(Box(left, top, right, bottom), float(scores.max()), mean[2:])
