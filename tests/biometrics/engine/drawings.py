"""Pictures without people, in formats that are accepted and in formats that are refused."""

from __future__ import annotations

import struct
from typing import Any

import cv2
import numpy as np
from PIL import Image

from biometrics.engine.types import RgbImage
from tests.support.pictures import encoded


def noise(width: int = 320, height: int = 240, *, seed: int = 0) -> RgbImage:
    """Smooth spots of random colours."""
    coarse = np.random.default_rng(seed).integers(0, 256, (height // 8, width // 8, 3))
    fine = cv2.resize(coarse.astype(np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)
    return RgbImage(np.asarray(fine, np.uint8))


def noise_jpeg(
    width: int = 320,
    height: int = 240,
    *,
    seed: int = 0,
    progressive: bool = False,
    quality: int = 85,
) -> bytes:
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_PROGRESSIVE, int(progressive)]
    return cv2.imencode(".jpg", noise(width, height, seed=seed), options)[1].tobytes()


def noise_file(
    format_name: str, *, mode: str = "RGB", width: int = 320, height: int = 240, **options: Any
) -> bytes:
    """Written by Pillow, which knows more formats than OpenCV; `options` are Pillow's."""
    return encoded(Image.fromarray(noise(width, height)).convert(mode), format_name, **options)


def animated(format_name: str) -> bytes:
    first, *others = (Image.fromarray(noise(320, 240, seed=seed)) for seed in range(3))
    return encoded(first, format_name, save_all=True, append_images=others)


def claiming(width: int, height: int) -> bytes:
    """A JPEG whose header claims a size that is not its own."""
    data = bytearray(noise_jpeg())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)
