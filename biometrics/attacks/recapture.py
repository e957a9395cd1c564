"""A picture as a camera would see it on paper or on a screen: simulated.

Pictures are (height, width, 3) with values from 0 to 255, in RGB or BGR: no function here depends
on the order. Networks learn from them what screens and papers have in common. In the attack kit
they take the place of real ones and are called simulated there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from biometrics.engine.types import FloatArray, PixelArray

    Random = np.random.Generator


def printed(image: PixelArray, rng: Random) -> PixelArray:
    """A photo on paper, held up: halftone, fewer colours, uneven light, an edge, a little blur.

    uint8 in and out; the size stays.
    """
    framed = _held_up(paper_surface(image, rng), rng, border=np.array([225, 228, 230], np.float32))
    return camera(framed, rng)


def on_screen(image: PixelArray, rng: Random) -> PixelArray:
    """A photo or film on a display: pixel grid and moire, a cold cast, glare, a bezel.

    uint8 in and out; the size stays.
    """
    framed = _held_up(screen_surface(image, rng), rng, border=np.array([18, 18, 20], np.float32))
    return camera(framed, rng)


def paper_surface(image: PixelArray, rng: Random) -> FloatArray:
    """Halftone, fewer colours and uneven light: uint8 in, float32 out; the size stays."""
    ink = _gamut(image.astype(np.float32), rng, least=12 + 20 * rng.random(), most=215)
    ink *= _halftone(image.shape[:2], rng)[..., None]
    return _light(ink, rng, depth=0.35)


def screen_surface(image: PixelArray, rng: Random) -> FloatArray:
    """Pixel grid, moire, a colour cast and glare: uint8 in, float32 out; the size stays."""
    lit = _gamut(image.astype(np.float32), rng, least=6, most=250)
    lit *= _moire(image.shape[:2], rng)[..., None]
    cast = 1 + rng.normal(0, 0.06, 3).astype(np.float32)
    return _glare(lit * cast, rng)


def _gamut(image: FloatArray, rng: Random, *, least: float, most: float) -> FloatArray:
    """Paper and panels reach neither black nor full colour."""
    grey = image.mean(axis=2, keepdims=True)
    faded = grey + (image - grey) * np.float32(rng.uniform(0.6, 0.95))
    bent = 255 * (faded.clip(0, 255) / 255) ** np.float32(rng.uniform(0.8, 1.25))
    return np.asarray(least + bent * (most - least) / 255, dtype=np.float32)


def _halftone(shape: tuple[int, int], rng: Random) -> FloatArray:
    """A screen of dots at an angle, from fine to coarse."""
    period, angle = rng.uniform(2.2, 5.0), rng.uniform(0, np.pi)
    across, down = _rotated(shape, angle)
    wave = np.cos(2 * np.pi * across / period) * np.cos(2 * np.pi * down / period)
    return np.asarray(1 + rng.uniform(0.03, 0.14) * wave, dtype=np.float32)


def _moire(shape: tuple[int, int], rng: Random) -> FloatArray:
    """Two grids that nearly coincide: the display's and the sensor's."""
    total = np.ones(shape, dtype=np.float32)
    for _ in range(2):
        period = rng.uniform(2.1, 9.0)
        across, down = _rotated(shape, rng.uniform(0, np.pi))
        bend = 3 * np.sin(2 * np.pi * down / rng.uniform(60, 240))
        strength = rng.uniform(0.02, 0.08)
        total *= 1 + np.float32(strength) * np.cos(2 * np.pi * (across + bend) / period)
    return total


def _rotated(shape: tuple[int, int], angle: float) -> tuple[FloatArray, FloatArray]:
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return columns * cos + rows * sin, rows * cos - columns * sin


def _light(image: FloatArray, rng: Random, *, depth: float) -> FloatArray:
    """Brighter on one side."""
    across, _ = _rotated(image.shape[:2], rng.uniform(0, 2 * np.pi))
    span = float(np.ptp(across)) or 1.0
    ramp = (across - across.min()) / span
    return np.asarray(image * (1 - depth * rng.random() * ramp[..., None]), dtype=np.float32)


def _glare(image: FloatArray, rng: Random) -> FloatArray:
    if rng.random() < 0.4:
        return image
    height, width = image.shape[:2]
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    row, column = rng.uniform(0, height), rng.uniform(0, width)
    size = rng.uniform(0.1, 0.35) * min(height, width)
    blob = np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / (2 * size**2))
    return np.asarray(image + rng.uniform(40, 140) * blob[..., None], dtype=np.float32)


def _held_up(image: FloatArray, rng: Random, *, border: FloatArray) -> FloatArray:
    """A little turned and not quite filling the view: its edge may be seen."""
    height, width = image.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    inset = rng.uniform(-0.06, 0.08, (4, 2)) * (width, height)
    inward = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    moved = (corners + inset * inward).astype(np.float32)
    warp = cv2.getPerspectiveTransform(corners, moved)
    value = tuple(float(part) for part in border)
    return np.asarray(
        cv2.warpPerspective(image, warp, (width, height), borderValue=value), dtype=np.float32
    )


def camera(image: FloatArray, rng: Random) -> PixelArray:
    """The camera that sees it: slightly out of focus, noisy, compressed.

    float32 in, uint8 out; the size stays.
    """
    soft = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 1.3))
    grain = rng.standard_normal(soft.shape, dtype=np.float32)
    noisy = soft + np.float32(rng.uniform(1, 4)) * grain
    whole = noisy.clip(0, 255).astype(np.uint8)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(55, 92))]
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", whole, quality)[1], 1), dtype=np.uint8)
