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

    from biometrics.engine.types import FloatArray, ImageArray

ARTIFACT = "face-detection"
SIDE = 128
# The network's own grid: 2 anchors a cell at stride 8, 6 a cell at stride 16.
GRID = ((16, 2), (8, 6))
MIN_SCORE = 0.5
MAX_OVERLAP = 0.3


@dataclass(frozen=True, slots=True)
class Detection:
    """A face and six key points in frame pixels.

    `points` is (6, 2): the eye at the left of the picture, the eye at its right, nose tip,
    mouth, and the ears in the same order.
    """

    box: Box
    score: float
    points: FloatArray


def _anchors() -> FloatArray:
    """(896, 2) cell centres, x and y from 0 to 1."""
    centres = []
    for cells, repeats in GRID:
        steps = (np.arange(cells) + 0.5) / cells
        grid = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
        centres.append(np.repeat(grid, repeats, axis=0))
    return np.concatenate(centres).astype(np.float32)


class FaceDetector:
    """Not safe to share between threads."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._anchors = _anchors()

    @classmethod
    def load(cls, models_dir: Path) -> FaceDetector:
        artifact = load_artifact(models_dir, ARTIFACT)
        return cls(Network(artifact, input_shape=(1, SIDE, SIDE, 3)))

    def detect(self, image: ImageArray, *, min_score: float = MIN_SCORE) -> tuple[Detection, ...]:
        """Every face in an RGB image, the largest first."""
        inputs, scale, left, top = letterbox(image)
        regressors, logits = self._network.run(inputs)
        scores = np.asarray(1 / (1 + np.exp(-np.clip(logits[0, :, 0], -80, 80))), dtype=np.float32)
        chosen = np.flatnonzero(scores >= min_score)
        if not chosen.size:
            return ()
        points = self._decode(regressors[0, chosen], chosen)
        points = (points * SIDE - np.array([left, top], dtype=np.float32)) / scale
        found = [
            _detection(points[group], scores[chosen][group])
            for group in _groups(points, scores[chosen])
        ]
        return tuple(sorted(found, key=lambda face: face.box.area, reverse=True))

    def _decode(self, raw: FloatArray, chosen: np.ndarray) -> FloatArray:
        """(n, 8, 2): two corners of the box and six points, in shares of the input square."""
        pairs = raw.reshape(-1, 8, 2) / SIDE
        anchors = self._anchors[chosen]
        centre, half = pairs[:, 0] + anchors, pairs[:, 1] / 2
        corners = np.stack([centre - half, centre + half], axis=1)
        return np.concatenate([corners, pairs[:, 2:] + anchors[:, None]], axis=1)


def letterbox(image: ImageArray) -> tuple[FloatArray, float, float, float]:
    """The network's input (-1 to 1), with the scale and the left and top margins applied."""
    height, width = image.shape[:2]
    scale = SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    left, top = (SIDE - size[0]) // 2, (SIDE - size[1]) // 2
    inputs = np.full((1, SIDE, SIDE, 3), -1, dtype=np.float32)
    inputs[0, top : top + size[1], left : left + size[0]] = small * np.float32(1 / 127.5) - 1
    return inputs, scale, left, top


def _groups(points: FloatArray, scores: FloatArray) -> list[np.ndarray]:
    """Indices of overlapping candidates, one array for each face, the surest first."""
    left = list(np.argsort(-scores))
    groups = []
    while left:
        overlaps = _overlaps(points[left[0]], points[left])
        groups.append(np.array([i for i, o in zip(left, overlaps, strict=True) if o > MAX_OVERLAP]))
        left = [i for i, o in zip(left, overlaps, strict=True) if o <= MAX_OVERLAP]
    return groups


def _overlaps(one: FloatArray, many: FloatArray) -> FloatArray:
    """Intersection over union of one candidate's box with each of `many`."""
    low = np.maximum(one[0], many[:, 0])
    high = np.minimum(one[1], many[:, 1])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    areas = np.prod(many[:, 1] - many[:, 0], axis=1)
    own = np.prod(one[1] - one[0])
    overlaps: FloatArray = shared / np.maximum(areas + own - shared, 1e-9)
    overlaps[(many == one).all(axis=(1, 2))] = 1.0  # a candidate belongs to itself, even if empty
    return overlaps


def _detection(points: FloatArray, scores: FloatArray) -> Detection:
    """One face out of its candidates, weighted by their scores."""
    mean = np.average(points, axis=0, weights=scores).astype(np.float32)
    (left, top), (right, bottom) = mean[0].tolist(), mean[1].tolist()
    return Detection(Box(left, top, right, bottom), float(scores.max()), mean[2:])
