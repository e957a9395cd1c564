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

    from biometrics.engine.types import FloatArray, Landmarks, PixelArray

# Displacements are worked out on this grid and smoothly enlarged.
GRID = (48, 36)
# A neck's length behind the face, in face widths: what the head turns about.
PIVOT = 0.5
# A point is hidden by one that is nearer to the camera within this share of the face's width.
HIDING = 0.05
EDGE_POINTS = 8
# Of each eye: corner to corner along the upper lid and along the lower one, and skin above it.
EYES = (
    (
        (33, 246, 161, 160, 159, 158, 157, 173, 133),
        (33, 7, 163, 144, 145, 153, 154, 155, 133),
        (30, 29, 27, 28, 56),
    ),
    (
        (263, 466, 388, 387, 386, 385, 384, 398, 362),
        (263, 249, 390, 373, 374, 380, 381, 382, 362),
        (260, 259, 257, 258, 286),
    ),
)
LASHES = 0.45


@dataclass(frozen=True)
class Puppet:
    """`image` (height, width, 3) uint8 with `points` (468, 3) of its mesh, in pixels."""

    image: PixelArray
    points: FloatArray

    @classmethod
    def of(cls, image: PixelArray, landmarks: Landmarks) -> Puppet:
        return cls(image, landmarks.points)

    def turned(
        self, *, yaw: float, pitch: float, size: float = 1.0, shut: float = 0.0
    ) -> PixelArray:
        """The picture with its head turned; degrees as in Pose, `size` times as near.

        `shut` is the share of the eyes over which lids are painted, from above.
        """
        turned = self._turned(np.radians(yaw), np.radians(pitch))
        where, seen = turned[:, :2], _in_front(turned)
        painted = _with_lids(self._moved(where, seen), where, shut)
        return _nearer(painted, where.mean(axis=0), size)

    def closer(self, size: float, *, distance: float) -> PixelArray:
        """The picture as a camera sees a head that comes closer, from `distance` in face widths.

        What lies in front grows faster than what lies behind; a picture only grows.
        """
        centre = self.points.mean(axis=0)
        away = distance * float(np.ptp(self.points[:, 0]))
        depth = self.points[:, 2:] - centre[2]
        grown = (1 + depth / away) / (1 + depth * size / away)
        where = (self.points[:, :2] - centre[:2]) * grown + centre[:2]
        moved = self._moved(where.astype(np.float32), np.arange(0, len(where), 2))
        return _nearer(moved, centre[:2], size)

    def _moved(self, where: FloatArray, seen: npt.NDArray[np.intp]) -> PixelArray:
        """The picture with its `seen` points moved to `where`, and what is between them."""
        height, width = self.image.shape[:2]
        shift = self.points[:, :2] - where
        across, down = _field(where[seen], shift[seen], width, height)
        moved = cv2.remap(
            self.image, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(moved, dtype=np.uint8)

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


def _with_lids(image: PixelArray, where: FloatArray, shut: float) -> PixelArray:
    """The colour of the skin above the eyes drawn over them, and lashes along its edge."""
    painted = image.astype(np.float32)
    for upper, lower, skin in EYES if shut else ():
        top = where[list(upper)]
        edge = top + shut * (where[list(lower)] - top)
        colour = np.median(_at(image, where[list(skin)]), axis=0)
        cover, lashes = _lid(top, edge, image.shape[:2])
        painted = (painted + cover * (colour - painted)) * (1 - lashes)
    return np.asarray(np.clip(painted, 0, 255), dtype=np.uint8)


def _at(image: PixelArray, points: FloatArray) -> PixelArray:
    """(n, 3): the colours at points, the nearest where they lie outside."""
    x, y = np.rint(points).astype(int).T
    rows, columns = np.clip(y, 0, image.shape[0] - 1), np.clip(x, 0, image.shape[1] - 1)
    return np.asarray(image[rows, columns])


def _lid(
    top: FloatArray, edge: FloatArray, shape: tuple[int, int]
) -> tuple[FloatArray, FloatArray]:
    """(height, width, 1), 0 to 1: how much of a lid and of its lashes is on each pixel."""
    outline = np.rint(np.concatenate([top, edge[::-1]])).astype(np.int32)
    width = max(1, round(float(np.ptp(top[:, 0])) / 12))
    cover, lashes = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    cv2.fillPoly(cover, [outline], 1.0)
    cv2.polylines(cover, [outline], isClosed=True, color=1.0, thickness=width)
    cv2.polylines(lashes, [outline[len(top) :]], isClosed=False, color=LASHES, thickness=width)
    soft = 2 * width + 1, 2 * width + 1
    cover, lashes = (cv2.GaussianBlur(one, soft, 0).astype(np.float32) for one in (cover, lashes))
    return cover[..., None], lashes[..., None]


def _nearer(image: PixelArray, centre: FloatArray, size: float) -> PixelArray:
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
