"""Pictures without people, in every format that comes or must not come."""

from __future__ import annotations

import io
import struct

import cv2
import numpy as np
from PIL import Image


def noise(width=320, height=240, *, seed=0):
    coarse = np.random.default_rng(seed).integers(0, 256, (height // 8, width // 8, 3))
    return cv2.resize(coarse.astype(np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)


def jpeg(width=320, height=240, *, seed=0, progressive=False, quality=85):
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_PROGRESSIVE, int(progressive)]
    return cv2.imencode(".jpg", noise(width, height, seed=seed), options)[1].tobytes()


def encoded(format_name, *, mode="RGB", width=320, height=240, **options):
    picture = Image.fromarray(noise(width, height)).convert(mode)
    buffer = io.BytesIO()
    picture.save(buffer, format_name, **options)
    return buffer.getvalue()


def animated(format_name):
    frames = [Image.fromarray(noise(320, 240, seed=seed)) for seed in range(3)]
    buffer = io.BytesIO()
    frames[0].save(buffer, format_name, save_all=True, append_images=frames[1:])
    return buffer.getvalue()


def claiming(width, height):
    """A JPEG whose header claims another size than it has."""
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)
