"""A still face that is made to move: the mesh of one photo is turned in depth, and the picture too.

This is the cheapest answer to a movement challenge for an attacker with one photo; simulated.
Pictures are (height, width, 3) uint8, in RGB or BGR: nothing here depends on the order. Points are
in pixels of the picture, in the order x, y and, where there is a third, depth.
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

# Displacements are computed on this grid, columns and rows, and smoothly enlarged.
GRID = (48, 36)
# How far behind the face the axis of a head's turn lies, in face widths.
PIVOT = 0.5
# A point hides those behind it within this share of the face's width.
HIDING = 0.05
EDGE_POINTS = 8
# The mesh's points of each eye: the upper lid and the lower lid, each from corner to corner, and
# the skin above.
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
    """A picture with the `points` (468, 3) float32 of its face mesh."""

    image: PixelArray
    points: FloatArray

    @classmethod
    def of(cls, image: PixelArray, landmarks: Landmarks) -> Puppet:
        """`landmarks` are those of the face in `image`."""
        return cls(image, landmarks.points)

    def turned(
        self, *, yaw: float, pitch: float, size: float = 1.0, shut: float = 0.0
    ) -> PixelArray:
        """The picture with its head turned, in the same size.

        `yaw` and `pitch` are degrees, signed as in Pose. `size` enlarges the face (1: as it is).
        `shut` is the share of the eyes that painted lids cover from above, 0 to 1.
        """
        turned = self._turned(np.radians(yaw), np.radians(pitch))
        where, shown = turned[:, :2], _in_front(turned)
        painted = _with_lids(self._moved(where, shown), where, shut)
        return _nearer(painted, where.mean(axis=0), size)

    def _moved(self, where: FloatArray, shown: npt.NDArray[np.intp]) -> PixelArray:
        """The picture with its `shown` points moved to `where`; what lies between them follows."""
        height, width = self.image.shape[:2]
        shift = self.points[:, :2] - where
        across, down = _field(where[shown], shift[shown], width, height)
        moved = cv2.remap(
            self.image, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(moved, dtype=np.uint8)

    def _turned(self, yaw: float, pitch: float) -> FloatArray:
        """(468, 3): the mesh's points after the turn, in pixels, with their depth."""
        centre = self.points.mean(axis=0)
        centre[2] += PIVOT * float(np.ptp(self.points[:, 0]))
        x, y, z = (self.points - centre).T
        x, z = x * np.cos(yaw) - z * np.sin(yaw), x * np.sin(yaw) + z * np.cos(yaw)
        y, z = y * np.cos(pitch) + z * np.sin(pitch), z * np.cos(pitch) - y * np.sin(pitch)
        return np.asarray(np.stack([x + centre[0], y + centre[1], z], axis=1), dtype=np.float32)


def _in_front(turned: FloatArray) -> npt.NDArray[np.intp]:
    """Which points decide the picture: every third, without those hidden behind others."""
    near = HIDING * float(np.ptp(turned[:, 0]))
    some = np.arange(0, len(turned), 3)
    across, down, behind = (side[some, None] - side for side in turned.T)
    hidden = (across * across + down * down < near * near) & (behind > 1.5 * near)
    return np.asarray(some[~hidden.any(axis=1)])


def _field(
    where: FloatArray, shift: FloatArray, width: int, height: int
) -> tuple[FloatArray, FloatArray]:
    """The column and the row that each pixel is taken from.

    Between the points their shifts are interpolated; at the picture's edge nothing moves.
    """
    spots, edge, columns, rows = _places(width, height)
    known = np.concatenate([where, edge])
    shifts = np.concatenate([shift, np.zeros_like(edge)])
    squared = (spots**2).sum(axis=1)[:, None] + (known**2).sum(axis=1) - 2 * spots @ known.T
    # The sixth power of the distance follows the mesh closely. With the third power, heads turned a
    # third less far.
    inverse = 1 / (np.maximum(squared, 0) + np.float32(4))
    weight = inverse * inverse * inverse
    smooth = (weight @ shifts) / weight.sum(axis=1, keepdims=True)
    coarse = smooth.reshape(GRID[1], GRID[0], 2)
    flow = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return columns + flow[..., 0], rows + flow[..., 1]


@cache
def _places(width: int, height: int) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """The grid's places (n, 2), points on the edge (m, 2), each pixel's column and its row."""
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
    """Lids in the colour of the skin above the eyes, with lashes along their edge."""
    painted = image.astype(np.float32)
    for upper, lower, skin in EYES if shut else ():
        top = where[list(upper)]
        edge = top + shut * (where[list(lower)] - top)
        colour = np.median(_at(image, where[list(skin)]), axis=0)
        cover, lashes = _lid(top, edge, image.shape[:2])
        painted = (painted + cover * (colour - painted)) * (1 - lashes)
    return np.asarray(np.clip(painted, 0, 255), dtype=np.uint8)


def _at(image: PixelArray, points: FloatArray) -> PixelArray:
    """(n, 3): the colours at (n, 2) points; those outside get the nearest pixel's."""
    x, y = np.rint(points).astype(int).T
    rows, columns = np.clip(y, 0, image.shape[0] - 1), np.clip(x, 0, image.shape[1] - 1)
    return np.asarray(image[rows, columns])


def _lid(
    top: FloatArray, edge: FloatArray, shape: tuple[int, int]
) -> tuple[FloatArray, FloatArray]:
    """How much of a lid and of its lashes is on each pixel: (height, width, 1), 0 to 1."""
    outline = np.rint(np.concatenate([top, edge[::-1]])).astype(np.int32)
    width = max(1, round(float(np.ptp(top[:, 0])) / 12))
    cover, lashes = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    cv2.fillPoly(cover, [outline], 1.0)
    cv2.polylines(cover, [outline], isClosed=True, color=1.0, thickness=width)
    cv2.polylines(lashes, [outline[len(top) :]], isClosed=False, color=LASHES, thickness=width)
    soft = 2 * width + 1, 2 * width + 1
    cover, lashes = (cv2.GaussianBlur(part, soft, 0).astype(np.float32) for part in (cover, lashes))
    return cover[..., None], lashes[..., None]


def _nearer(image: PixelArray, centre: FloatArray, size: float) -> PixelArray:
    """The picture enlarged by `size` about `centre`, cut to its own size."""
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
