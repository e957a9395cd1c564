"""A still face that is made to move: the mesh of one photo turned in depth, the picture with it.

The cheapest answer that an attacker with one photo has to a movement challenge; simulated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from biometrics.engine.types import FloatArray, ImageArray, Landmarks

# Displacements are worked out on this grid and smoothly enlarged.
GRID = (48, 36)
# A neck's length behind the face, in face widths: what the head turns about.
PIVOT = 0.5
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
        where = self._turned(np.radians(yaw), np.radians(pitch))
        flow = _field(where, self.points[:, :2] - where, self.image.shape[:2])
        height, width = self.image.shape[:2]
        rows, columns = np.mgrid[:height, :width].astype(np.float32)
        moved = cv2.remap(
            self.image,
            columns + flow[..., 0],
            rows + flow[..., 1],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return _nearer(np.asarray(moved, dtype=np.uint8), where.mean(axis=0), size)

    def _turned(self, yaw: float, pitch: float) -> FloatArray:
        """(468, 2): where the mesh's points are seen after the turn."""
        centre = self.points.mean(axis=0)
        centre[2] += PIVOT * float(np.ptp(self.points[:, 0]))
        x, y, z = (self.points - centre).T
        x, z = x * np.cos(yaw) - z * np.sin(yaw), x * np.sin(yaw) + z * np.cos(yaw)
        y = y * np.cos(pitch) + z * np.sin(pitch)
        return np.asarray(np.stack([x + centre[0], y + centre[1]], axis=1), dtype=np.float32)


def _field(where: FloatArray, shift: FloatArray, shape: tuple[int, int]) -> FloatArray:
    """(height, width, 2): the shift between the points, nothing at the picture's edge."""
    height, width = shape
    columns, rows = np.meshgrid(np.linspace(0, width, GRID[0]), np.linspace(0, height, GRID[1]))
    spots = np.stack([columns.ravel(), rows.ravel()], axis=1)
    edge = _edge(width, height)
    known = np.concatenate([where[::3], edge])
    shifts = np.concatenate([shift[::3], np.zeros_like(edge)])
    distance = np.linalg.norm(spots[:, None] - known[None], axis=2) + 1.0
    weight = distance**-3.0
    smooth = (weight @ shifts) / weight.sum(axis=1, keepdims=True)
    coarse = smooth.reshape(GRID[1], GRID[0], 2).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC))


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
