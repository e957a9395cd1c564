"""Upright crops for the encoders: a similarity transform of mesh points onto a template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.engine.faces import landmarks as mesh

if TYPE_CHECKING:
    from biometrics.engine.types import FloatArray, ImageArray, Landmarks


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """`points` (n, 2) is where the mesh vertices `vertices` go in a square of `side` pixels.

    A tuple of several vertices stands for their mean.
    """

    side: int
    vertices: tuple[tuple[int, ...], ...]
    points: FloatArray


# The five-point template on which ArcFace networks are trained.
ARCFACE = Alignment(
    side=112,
    vertices=(
        (mesh.EYE_LEFT_OUTER, mesh.EYE_LEFT_INNER),
        (mesh.EYE_RIGHT_INNER, mesh.EYE_RIGHT_OUTER),
        (mesh.NOSE_TIP,),
        (mesh.MOUTH_LEFT,),
        (mesh.MOUTH_RIGHT,),
    ),
    points=np.array(
        [
            [38.2946, 51.6963],
            [73.5318, 51.5014],
            [56.0252, 71.7366],
            [41.5493, 92.3655],
            [70.7299, 92.2041],
        ],
        dtype=np.float32,
    ),
)


def _dlib_points(side: int, padding: float) -> FloatArray:
    """dlib's mean face for its five points: eye corners, and the base of the nose."""
    mean = np.array(
        [
            [0.1205750620789, 0.2137274526848],
            [0.3340850613712, 0.2290642403242],
            [0.6460604764104, 0.2289674387677],
            [0.8595674595992, 0.2134981538014],
            [0.4901123135679, 0.6277975316475],
        ]
    )
    return np.asarray((mean + padding) / (2 * padding + 1) * side, dtype=np.float32)


DLIB = Alignment(
    side=150,
    vertices=(
        (mesh.EYE_LEFT_OUTER,),
        (mesh.EYE_LEFT_INNER,),
        (mesh.EYE_RIGHT_INNER,),
        (mesh.EYE_RIGHT_OUTER,),
        (mesh.NOSE_BASE,),
    ),
    points=_dlib_points(150, 0.25),
)
ALIGNMENTS = {"arcface": ARCFACE, "dlib": DLIB}


def align(image: ImageArray, landmarks: Landmarks, alignment: Alignment) -> ImageArray:
    """The square crop of `alignment.side` pixels, RGB."""
    points = np.stack(
        [landmarks.points[list(group), :2].mean(axis=0) for group in alignment.vertices]
    )
    return crop_by_points(image, points, alignment)


def crop_by_points(image: ImageArray, points: FloatArray, alignment: Alignment) -> ImageArray:
    """The crop in which `points` (n, 2) fall as near to the template as a similarity allows."""
    to_crop = similarity(points, alignment.points)
    shrink = min(int(1 / max(float(np.hypot(*to_crop[0, :2])), 1e-3)), *image.shape[:2])
    if shrink >= 2:  # a bilinear warp skips pixels when it shrinks this much
        image, to_crop = _shrunk(image, to_crop, alignment.side, shrink)
    size = alignment.side, alignment.side
    crop = cv2.warpAffine(image, to_crop, size, flags=cv2.INTER_LINEAR)
    return np.asarray(crop, dtype=np.uint8)


def _shrunk(
    image: ImageArray, to_crop: FloatArray, side: int, shrink: int
) -> tuple[ImageArray, FloatArray]:
    """The part of the picture that the crop shows, smaller by the whole number `shrink`."""
    left, top, right, bottom = _shown(image, to_crop, side, shrink)
    part = image[top:bottom, left:right]
    size = part.shape[1] // shrink, part.shape[0] // shrink
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    rescaled = to_crop.copy()
    rescaled[:, :2] *= shrink
    # Pixel 0 of the small picture has its middle between pixels 0 and shrink - 1 of the part.
    start = np.array([left, top], dtype=np.float32) + (shrink - 1) / 2
    rescaled[:, 2] += to_crop[:, :2] @ start
    return np.asarray(small, dtype=np.uint8), rescaled


def _shown(
    image: ImageArray, to_crop: FloatArray, side: int, shrink: int
) -> tuple[int, int, int, int]:
    """Bounds of what the crop shows, on a grid of `shrink` pixels, with a margin of two of them.

    Never empty: a crop that lies outside shows a corner of the picture, as black as before.
    """
    corners = np.array([[0, 0], [side, 0], [0, side], [side, side]], dtype=np.float32)
    shown = (corners - to_crop[:, 2]) @ np.linalg.inv(to_crop[:, :2]).T
    low = np.floor(shown.min(axis=0) / shrink - 2) * shrink
    high = np.ceil(shown.max(axis=0) / shrink + 2) * shrink
    height, width = (length // shrink * shrink for length in image.shape[:2])
    left, right = (int(x) for x in np.clip([low[0], high[0]], 0, width))
    top, bottom = (int(y) for y in np.clip([low[1], high[1]], 0, height))
    left, top = min(left, width - shrink), min(top, height - shrink)
    return left, top, max(right, left + shrink), max(bottom, top + shrink)


def similarity(source: FloatArray, target: FloatArray) -> FloatArray:
    """(2, 3): the rotation, scale and shift that bring `source` nearest to `target`.

    In complex numbers it is one least-squares quotient.
    """
    start, end = source.mean(axis=0), target.mean(axis=0)
    one = (source - start) @ np.array([1, 1j])
    other = (target - end) @ np.array([1, 1j])
    factor = np.vdot(one, other) / max(float(np.vdot(one, one).real), 1e-9)
    turn = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    shift = end - turn @ start
    return np.asarray(np.column_stack([turn, shift]), dtype=np.float32)
