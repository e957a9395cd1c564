"""A still face that is made to move: the mesh of one photo turned in depth, the picture with it.

The cheapest answer that an attacker with one photo has to a movement challenge; simulated.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from biometrics.engine.types import FloatArray, ImageArray, Landmarks

# Displacements are worked out on this grid and smoothly enlarged.
GRID = (48, 36)
# A neck's length behind the face, in face widths: what the head turns about.
PIVOT = 0.5
# A point is hidden by one that is nearer to the camera within this share of the face's width.
HIDING = 0.05
EDGE_POINTS = 8


@dataclass(frozen=True)
class Puppet:
    """`image` (height, width, 3) uint8 with `points` (468, 3) of its mesh, in pixels."""

    image: ImageArray
    points: FloatArray

    @classmethod
    def of(cls, image: ImageArray, landmarks: Landmarks) -> Puppet:
        return cls(image, landmarks.points)

    def turned(self, *, yaw: float, pitch: float, size: float = 1.0) -> ImageArray:
        """The picture with its head turned; degrees as in Pose, `size` times as near."""
        turned = self._turned(np.radians(yaw), np.radians(pitch))
        where, seen = turned[:, :2], _in_front(turned)
        height, width = self.image.shape[:2]
        shift = self.points[:, :2] - where
        across, down = _field(where[seen], shift[seen], width, height)
        moved = cv2.remap(
            self.image, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return _nearer(np.asarray(moved, dtype=np.uint8), where.mean(axis=0), size)

    def _turned(self, yaw: float, pitch: float) -> FloatArray:
        """(468, 3): where the mesh's points are after the turn, and how far away."""
        centre = self.points.mean(axis=0)
        centre[2] += PIVOT * float(np.ptp(self.points[:, 0]))
        x, y, z = (self.points - centre).T
        x, z = x * np.cos(yaw) - z * np.sin(yaw), x * np.sin(yaw) + z * np.cos(yaw)
        y, z = y * np.cos(pitch) + z * np.sin(pitch), z * np.cos(pitch) - y * np.sin(pitch)
        return np.asarray(np.stack([x + centre[0], y + centre[1], z], axis=1), dtype=np.float32)


def _in_front(turned: FloatArray) -> npt.NDArray[np.intp]:
    """Which points are shown: a third of them, without those behind others, as a far cheek is."""
    near = HIDING * float(np.ptp(turned[:, 0]))
    some = np.arange(0, len(turned), 3)
    across, down, behind = (side[some, None] - side for side in turned.T)
    hidden = (across * across + down * down < near * near) & (behind > 1.5 * near)
    return np.asarray(some[~hidden.any(axis=1)])


def _field(
    where: FloatArray, shift: FloatArray, width: int, height: int
) -> tuple[FloatArray, FloatArray]:
    """Where each pixel is taken from: the points' shift between them, none at the edge."""
    spots, edge, columns, rows = _places(width, height)
    known = np.concatenate([where, edge])
    shifts = np.concatenate([shift, np.zeros_like(edge)])
    squared = (spots**2).sum(axis=1)[:, None] + (known**2).sum(axis=1) - 2 * spots @ known.T
    # The sixth power: it follows the mesh closely. With the third, heads turned a third less far.
    inverse = 1 / (np.maximum(squared, 0) + np.float32(4))
    weight = inverse * inverse * inverse
    smooth = (weight @ shifts) / weight.sum(axis=1, keepdims=True)
    coarse = smooth.reshape(GRID[1], GRID[0], 2)
    flow = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return columns + flow[..., 0], rows + flow[..., 1]


@cache
def _places(width: int, height: int) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """The grid's spots (n, 2), the edge's points (m, 2), each pixel's column and its row."""
    across = np.linspace(0, width, GRID[0], dtype=np.float32)
    down = np.linspace(0, height, GRID[1], dtype=np.float32)
    columns, rows = np.meshgrid(across, down)
    spots = np.stack([columns.ravel(), rows.ravel()], axis=1)
    whole_rows, whole_columns = np.mgrid[:height, :width].astype(np.float32)
    return spots, _edge(width, height), whole_columns, whole_rows


def _edge(width: int, height: int) -> FloatArray:
    along, down = np.linspace(0, width, EDGE_POINTS), np.linspace(0, height, EDGE_POINTS)
    sides = [(x, y) for x in along for y in (0.0, float(height))]
    sides += [(x, y) for y in down for x in (0.0, float(width))]
    return np.array(sides, dtype=np.float32)


def _nearer(image: ImageArray, centre: FloatArray, size: float) -> ImageArray:
    if abs(size - 1) < 1e-3:
        return image
    matrix = np.array(
        [
            [size, 0, centre[0] * (1 - size)],
            [0, size, centre[1] * (1 - size)],
        ],
        dtype=np.float32,
    )
    height, width = image.shape[:2]
    return np.asarray(
        cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    )
