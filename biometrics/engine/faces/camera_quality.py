"""Measures what a camera and its compression leave of a face: sharpness, noise and blocks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from biometrics.engine.types import Box, PixelArray, RgbImage

# The side of a JPEG's blocks.
BLOCK = 8
# A face of so many pixels a side is measured as it is; a larger one is shrunk to it first, because
# no network here sees more.
MEASURED_SIDE = 160
# Standard deviation of noise that one second difference of independent noise amplifies (6 = the
# root of the kernel's squares, 36).
NOISE_GAIN = 6.0
MEDIAN_OVER_DEVIATION = 0.6745
LOW_DETAIL, HIGH_DETAIL = 4.0, 8.0


class CameraGroup(StrEnum):
    """How much fine detail a camera shows of a face."""

    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class CameraQuality:
    """Of the face and a little around it, all 0 or more.

    `detail` is the mean strength of fine structure in grey levels, `noise` the standard deviation
    of grain in grey levels, `blockiness` how much more the picture steps at the borders of blocks
    of 8 pixels than elsewhere (1 is no more).
    """

    detail: float
    noise: float
    blockiness: float

    @property
    def group(self) -> CameraGroup:
        """By the detail."""
        if self.detail < LOW_DETAIL:
            return CameraGroup.LOW
        return CameraGroup.MIDDLE if self.detail < HIGH_DETAIL else CameraGroup.HIGH


def camera_quality(image: RgbImage, box: Box) -> CameraQuality:
    """Measure a camera by the face at `box`, in pixels of `image` (height, width, 3) uint8.

    Raises ValueError if the box lies outside the picture.
    """
    top, left = max(0, int(box.top)), max(0, int(box.left))
    part = image[top : max(0, int(box.bottom)), left : max(0, int(box.right))]
    if min(part.shape[:2]) < 2 * BLOCK:
        raise ValueError("the face is not in the picture")
    grey = np.asarray(cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_RGB2GRAY), np.uint8)
    return CameraQuality(_detail(grey), _noise(grey), _blockiness(grey, top, left))


def _detail(grey: PixelArray) -> float:
    scale = MEASURED_SIDE / max(grey.shape)
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    shrunk = cv2.resize(grey, size, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    fine = shrunk.astype(np.float32) - cv2.GaussianBlur(shrunk.astype(np.float32), (0, 0), 2.0)
    lit = max(float(grey.mean()), 1.0)
    return float(fine.std()) * 100 / lit


def _noise(grey: PixelArray) -> float:
    """Immerkaer, "Fast noise variance estimation", 1996, with the median in place of the mean."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)
    grain = np.abs(cv2.filter2D(grey.astype(np.float32), cv2.CV_32F, kernel))
    return float(np.median(grain)) / (NOISE_GAIN * MEDIAN_OVER_DEVIATION)


def _blockiness(grey: PixelArray, top: int, left: int) -> float:
    values = grey.astype(np.float32)
    ratios = []
    for axis, start in ((0, top), (1, left)):
        steps = np.abs(np.diff(values, axis=axis)).mean(axis=1 - axis)
        # Step number n leads to line start + n + 1 of the picture.
        border = (np.arange(len(steps)) + start + 1) % BLOCK == 0
        ratios.append(float(steps[border].mean()) / max(float(steps[~border].mean()), 0.1))
    return sum(ratios) / len(ratios)
