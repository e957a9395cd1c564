"""Cuts upright crops for the encoders: a similarity transform moves mesh points onto a template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.engine.faces import landmarks as mesh
from biometrics.engine.types import RgbImage

if TYPE_CHECKING:
    from biometrics.engine.types import FloatArray, Landmarks


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """Where a face must lie in the crop that a network takes.

    The crop is a square of `side` pixels. `points` is (n, 2) float32: the places, in pixels of
    the crop, to which the n entries of `vertices` are moved. An entry with several mesh vertices
    stands for their mean.
    """

    side: int
    vertices: tuple[tuple[int, ...], ...]
    points: FloatArray


# ArcFace networks are trained on crops that are aligned to these five points.
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
    """Return dlib's mean face for its five points: the eye corners and the base of the nose."""
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


def align(image: RgbImage, landmarks: Landmarks, alignment: Alignment) -> RgbImage:
    """Return the upright crop of a face, a square of `alignment.side` pixels."""
    points = np.stack(
        [landmarks.points[list(group), :2].mean(axis=0) for group in alignment.vertices]
    )
    return crop_by_points(image, points, alignment)


def crop_by_points(image: RgbImage, points: FloatArray, alignment: Alignment) -> RgbImage:
    """Return the crop that brings `points` as near to the template as a similarity can.

    `points` is (n, 2) float32, in pixels of `image`, in the order of `alignment.points`.
    """
    to_crop = similarity(points, alignment.points)
    shrink = min(int(1 / max(float(np.hypot(*to_crop[0, :2])), 1e-3)), *image.shape[:2])
    if shrink >= 2:  # a bilinear warp skips pixels when it shrinks this much
        image, to_crop = _shrunk(image, to_crop, alignment.side, shrink)
    size = alignment.side, alignment.side
    crop = cv2.warpAffine(image, to_crop, size, flags=cv2.INTER_LINEAR)
    return RgbImage(np.asarray(crop, dtype=np.uint8))


def _shrunk(
    image: RgbImage, to_crop: FloatArray, side: int, shrink: int
) -> tuple[RgbImage, FloatArray]:
    """Cut out the part of the picture that the crop shows, and shrink it `shrink` times.

    Return it with the transform from it to the crop.
    """
    left, top, right, bottom = _bounds(image, to_crop, side, shrink)
    part = image[top:bottom, left:right]
    size = part.shape[1] // shrink, part.shape[0] // shrink
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    rescaled = to_crop.copy()
    rescaled[:, :2] *= shrink
    # The middle of pixel 0 of the small picture lies between pixels 0 and shrink - 1 of the part.
    start = np.array([left, top], dtype=np.float32) + (shrink - 1) / 2
    rescaled[:, 2] += to_crop[:, :2] @ start
    return RgbImage(np.asarray(small, dtype=np.uint8)), rescaled


def _bounds(
    image: RgbImage, to_crop: FloatArray, side: int, shrink: int
) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of the part that the crop shows.

    They are multiples of `shrink` and leave a margin of two times `shrink` pixels. The part is
    never empty: a crop outside the picture takes a corner of it, and is black all the same.
    """
    corners = np.array([[0, 0], [side, 0], [0, side], [side, side]], dtype=np.float32)
    in_picture = (corners - to_crop[:, 2]) @ np.linalg.inv(to_crop[:, :2]).T
    low = np.floor(in_picture.min(axis=0) / shrink - 2) * shrink
    high = np.ceil(in_picture.max(axis=0) / shrink + 2) * shrink
    height, width = (length // shrink * shrink for length in image.shape[:2])
    left, right = (int(x) for x in np.clip([low[0], high[0]], 0, width))
    top, bottom = (int(y) for y in np.clip([low[1], high[1]], 0, height))
    left, top = min(left, width - shrink), min(top, height - shrink)
    return left, top, max(right, left + shrink), max(bottom, top + shrink)


def similarity(source: FloatArray, target: FloatArray) -> FloatArray:
    """Return the rotation, scale and shift that bring `source` nearest to `target`.

    Both are (n, 2) arrays of points in the same order. The result is (2, 3) float32, as
    OpenCV's affine warps take it: x' = a·x + b·y + c. With points as complex numbers, the best
    rotation and scale in the sense of least squares is a single quotient.
    """
    start, end = source.mean(axis=0), target.mean(axis=0)
    centred_source = (source - start) @ np.array([1, 1j])
    centred_target = (target - end) @ np.array([1, 1j])
    length = max(float(np.vdot(centred_source, centred_source).real), 1e-9)
    factor = np.vdot(centred_source, centred_target) / length
    turn = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    shift = end - turn @ start
    return np.asarray(np.column_stack([turn, shift]), dtype=np.float32)
