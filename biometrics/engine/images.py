"""Bytes of a picture -> RGB array. The header is read and judged before any decoder runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.engine import MAX_PIXELS
from biometrics.engine.containers import Coding, Format, Header, read_header
from biometrics.engine.errors import ImageCode, ImageRefused

if TYPE_CHECKING:
    from biometrics.engine.types import ImageArray

# Every engine runs on a thread of its own; OpenCV's pool would only fight with them.
cv2.setNumThreads(1)


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What a picture may be before it is decoded."""

    max_bytes: int
    min_side: int
    max_side: int
    max_pixels: int
    formats: frozenset[Format]
    progressive: bool


FRAME_LIMITS = ImageLimits(
    max_bytes=200 * 1024,
    min_side=160,
    max_side=1280,
    max_pixels=1280 * 1280,
    formats=frozenset({Format.JPEG}),
    progressive=False,
)
PHOTO_LIMITS = ImageLimits(
    max_bytes=8 * 1024 * 1024,
    min_side=64,
    max_side=12_000,
    max_pixels=MAX_PIXELS,
    formats=frozenset(Format),
    progressive=True,
)
# Photographs are judged at this size: larger faces gain nothing, and JPEG shrinks while decoding.
PHOTO_SIDE = 1280


def check_image(data: bytes, limits: ImageLimits) -> Header:
    """The header of an acceptable picture; raises ImageRefused without decoding anything."""
    if not data:
        raise ImageRefused(ImageCode.EMPTY)
    if len(data) > limits.max_bytes:
        raise ImageRefused(ImageCode.TOO_LARGE, f"{len(data)} bytes")
    header = read_header(data)
    if header.format not in limits.formats:
        raise ImageRefused(ImageCode.WRONG_FORMAT, header.format)
    if header.coding is Coding.PROGRESSIVE and not limits.progressive:
        raise ImageRefused(ImageCode.WRONG_FORMAT, "progressive")
    sides = header.width, header.height
    if min(sides) < limits.min_side or max(sides) > limits.max_side:
        raise ImageRefused(ImageCode.WRONG_SIZE, f"{header.width}x{header.height}")
    if header.width * header.height > limits.max_pixels:
        raise ImageRefused(ImageCode.WRONG_SIZE, f"{header.width}x{header.height}")
    return header


def decode_frame(data: bytes) -> ImageArray:
    """One webcam frame: a baseline JPEG. EXIF is not obeyed; a canvas writes none."""
    header = check_image(data, FRAME_LIMITS)
    image = _decode(data, cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION)
    if image.shape[:2] != (header.height, header.width):
        raise ImageRefused(ImageCode.BROKEN, "the size is not the header's")
    return image


def decode_photo(data: bytes, *, side: int = PHOTO_SIDE) -> ImageArray:
    """An uploaded photograph, upright, its longer side at most `side` pixels."""
    header = check_image(data, PHOTO_LIMITS)
    image = _decode(data, _photo_flags(header, side))
    longer = max(image.shape[:2])
    if longer <= side:
        return image
    size = round(image.shape[1] * side / longer), round(image.shape[0] * side / longer)
    return np.asarray(
        cv2.resize(image, (max(1, size[0]), max(1, size[1])), interpolation=cv2.INTER_AREA),
        dtype=np.uint8,
    )


def _photo_flags(header: Header, side: int) -> int:
    """JPEG decodes to a half, a quarter or an eighth at a fraction of the cost."""
    longer = max(header.width, header.height)
    if header.format is not Format.JPEG or longer < 2 * side:
        return int(cv2.IMREAD_COLOR)
    if longer < 4 * side:
        return int(cv2.IMREAD_REDUCED_COLOR_2)
    return int(cv2.IMREAD_REDUCED_COLOR_4)


def _decode(data: bytes, flags: int) -> ImageArray:
    try:
        image = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), flags)
    except cv2.error as error:
        raise ImageRefused(ImageCode.BROKEN, "the decoder gave up") from error
    if image is None or image.ndim != 3 or image.shape[2] != 3:
        raise ImageRefused(ImageCode.BROKEN, "no picture came out")
    if flags & cv2.IMREAD_COLOR_RGB == cv2.IMREAD_COLOR_RGB:
        return np.asarray(image, dtype=np.uint8)
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), dtype=np.uint8)
