"""How a training picture is varied, so that a network ignores cameras and rooms.

The same is done to bona fide pictures and to attacks. Pictures are (height, width, 3) in RGB with
values from 0 to 255.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.engine.pad.texture import SIDE, context_crop
from biometrics.engine.types import Box, RgbImage

if TYPE_CHECKING:
    from biometrics.engine.types import FloatArray

    Random = np.random.Generator

# How much the detector's box varies: its size, and its place in face sides.
SCALES = (0.85, 1.2)
MAX_SHIFT = 0.08
GAMMAS = (0.45, 2.2)
BACKLIGHT_SHARE, BAR_SHARE, SOFT_SHARE = 0.2, 0.15, 0.35
LEAST_SIDE = 56


def varied(image: RgbImage, box: Box, rng: Random) -> RgbImage:
    """A variant of the face at `box` with its surroundings: (SIDE, SIDE, 3) uint8.

    `image` is uint8. Each call gives another variant.
    """
    crop = context_crop(image, _jittered(box, rng))
    if rng.random() < 0.5:
        crop = RgbImage(np.ascontiguousarray(crop[:, ::-1]))
    lit = _exposed(crop.astype(np.float32), rng)
    if rng.random() < BACKLIGHT_SHARE:
        lit = _backlit(lit, rng)
    return _taken(_barred(lit, rng), rng)


def _jittered(box: Box, rng: Random) -> Box:
    scale = rng.uniform(*SCALES)
    across, down = box.centre
    across += rng.uniform(-MAX_SHIFT, MAX_SHIFT) * box.width
    down += rng.uniform(-MAX_SHIFT, MAX_SHIFT) * box.height
    half = scale * box.width / 2, scale * box.height / 2
    return Box(across - half[0], down - half[1], across + half[0], down + half[1])


def _exposed(image: FloatArray, rng: Random) -> FloatArray:
    """Darker or brighter, flatter or harder, warmer or colder."""
    gamma = np.exp(rng.uniform(*np.log(GAMMAS)))
    cast = 1 + rng.normal(0, 0.08, 3)
    gain = rng.uniform(0.55, 1.25)
    grey = image.mean(axis=2, keepdims=True)
    coloured = grey + (image - grey) * rng.uniform(0.5, 1.4)
    bent = 255 * (coloured.clip(0, 255) / 255) ** gamma
    return np.asarray(bent * cast * gain, dtype=np.float32)


def _backlit(image: FloatArray, rng: Random) -> FloatArray:
    """A bright window beside or behind the head, and a dark face."""
    rows, columns = (np.mgrid[:SIDE, :SIDE].astype(np.float32) - SIDE / 2) / SIDE
    far = np.clip((np.hypot(columns, rows * 0.8) - 0.22) / 0.2, 0, 1)
    angle = rng.uniform(0, 2 * np.pi)
    side = np.clip(0.5 + 2 * (columns * np.cos(angle) + rows * np.sin(angle)), 0, 1)
    window = (far * (side if rng.random() < 0.7 else 1))[..., None]
    dark = image * np.float32(rng.uniform(0.3, 0.8))
    return np.asarray(dark + window * rng.uniform(60, 220), dtype=np.float32)


def _barred(image: FloatArray, rng: Random) -> FloatArray:
    """A black bar at one edge, as in padded pictures."""
    if rng.random() > BAR_SHARE:
        return image
    wide = int(rng.uniform(0.05, 0.22) * SIDE)
    barred = image.copy()
    edge = int(rng.integers(4))
    turned = np.rot90(barred, edge)
    turned[:wide] = rng.uniform(0, 30)
    return barred


def _taken(image: FloatArray, rng: Random) -> RgbImage:
    """As a better or a worse camera takes it: unsharp, noisy, compressed."""
    if rng.random() < SOFT_SHARE:
        side = int(rng.uniform(LEAST_SIDE, SIDE))
        small = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
        image = np.asarray(cv2.resize(small, (SIDE, SIDE)), dtype=np.float32)
    grain = rng.standard_normal(image.shape, dtype=np.float32)
    noisy = image + np.float32(rng.uniform(0, 5)) * grain
    whole = noisy.clip(0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 95))]
        whole = np.asarray(cv2.imdecode(cv2.imencode(".jpg", whole, quality)[1], 1), np.uint8)
    return RgbImage(whole)
