"""Decodes and encodes pictures. The header of a file is checked before any decoder runs."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from biometrics.engine import MAX_PIXELS, heic_process
from biometrics.engine.containers import Coding, Format, Header, read_header
from biometrics.engine.errors import ImageRefusalCode, ImageRefused
from biometrics.engine.flattening import NothingVisible, flattened
from biometrics.engine.types import BgrImage, RgbImage

# Every engine runs on its own thread. OpenCV's thread pool would only compete with them.
cv2.setNumThreads(1)


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What a file may be so that it is decoded; sides and pixels are those of its header."""

    max_bytes: int
    min_side: int
    max_side: int
    max_pixels: int
    formats: frozenset[Format]
    progressive: bool
    inks: bool
    # Whether something may follow the picture. It is never decoded.
    followed: bool


FRAME_LIMITS = ImageLimits(
    max_bytes=200 * 1024,
    min_side=160,
    max_side=1280,
    max_pixels=1280 * 1280,
    formats=frozenset({Format.JPEG}),
    progressive=False,
    inks=False,
    followed=False,
)
PHOTO_LIMITS = ImageLimits(
    max_bytes=8 * 1024 * 1024,
    min_side=64,
    max_side=12_000,
    max_pixels=MAX_PIXELS,
    formats=frozenset(Format),
    progressive=True,
    inks=True,
    followed=True,
)
# Photos are judged with their longer side at this many pixels. Larger faces do not compare any
# better, and a JPEG is decoded faster at a smaller size.
PHOTO_SIDE = 1280
# What Pillow raises for damaged files.
UNDECODABLE = (
    *(OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, struct.error, zlib.error),
    Image.DecompressionBombError,
)


def check_image(data: bytes, limits: ImageLimits) -> Header:
    """Return the header of a file that is within the limits. Nothing is decoded.

    Raises ImageRefused for every other file; the code says what is wrong.
    """
    if not data:
        raise ImageRefused(ImageRefusalCode.EMPTY)
    if len(data) > limits.max_bytes:
        raise ImageRefused(ImageRefusalCode.TOO_LARGE, f"{len(data)} bytes")
    header = read_header(data)
    if header.format not in limits.formats:
        raise ImageRefused(ImageRefusalCode.WRONG_FORMAT, header.format)
    if header.coding is Coding.PROGRESSIVE and not limits.progressive:
        raise ImageRefused(ImageRefusalCode.WRONG_FORMAT, "progressive")
    if header.inks and not limits.inks:
        raise ImageRefused(ImageRefusalCode.WRONG_FORMAT, "CMYK")
    if header.end != len(data) and not limits.followed:
        raise ImageRefused(ImageRefusalCode.WRONG_FORMAT, "something follows the picture")
    _check_size(header, limits)
    return header


def _check_size(header: Header, limits: ImageLimits) -> None:
    sides, size = (header.width, header.height), f"{header.width}x{header.height}"
    if min(sides) < limits.min_side:
        raise ImageRefused(ImageRefusalCode.SIDE_TOO_SHORT, size)
    if header.width * header.height > limits.max_pixels:
        raise ImageRefused(ImageRefusalCode.TOO_MANY_PIXELS, size)
    if max(sides) > limits.max_side:
        raise ImageRefused(ImageRefusalCode.SIDE_TOO_LONG, size)


def decode_frame(data: bytes) -> RgbImage:
    """Decode one webcam frame, a baseline JPEG within FRAME_LIMITS.

    An EXIF orientation is ignored: a browser's canvas writes none. Raises ImageRefused.
    """
    header = check_image(data, FRAME_LIMITS)
    image = _decode(data, cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION)
    if image.shape[:2] != (header.height, header.width):
        raise ImageRefused(ImageRefusalCode.BROKEN, "the size is not the header's")
    return image


def decode_photo(data: bytes, *, side: int = PHOTO_SIDE) -> RgbImage:
    """Decode the first picture of an uploaded file, turned upright by its EXIF orientation.

    Its longer side has at most `side` pixels; where it is transparent it is white. Raises
    ImageRefused for anything but a JPEG, PNG, WebP or HEIC within PHOTO_LIMITS.
    """
    header = check_image(data, PHOTO_LIMITS)
    first = data[: header.end]
    if header.format is Format.JPEG and not header.inks:
        image = _decode(first, _photo_flags(header, side))
    else:
        image = _decode_flat(first, header, side)
    longer = max(image.shape[:2])
    if longer <= side:
        return image
    size = round(image.shape[1] * side / longer), round(image.shape[0] * side / longer)
    small = cv2.resize(image, (max(1, size[0]), max(1, size[1])), interpolation=cv2.INTER_AREA)
    return RgbImage(np.asarray(small, dtype=np.uint8))


def to_bgr(image: RgbImage) -> BgrImage:
    """Return the picture in OpenCV's order of channels."""
    return BgrImage(np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2BGR), dtype=np.uint8))


def to_rgb(image: BgrImage) -> RgbImage:
    """Return a picture that OpenCV decoded or captured in the order the engine takes."""
    return RgbImage(np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), dtype=np.uint8))


def encode_jpeg(image: BgrImage, *, quality: int) -> bytes:
    """Encode a picture as a baseline JPEG; `quality` is from 1 to 100.

    Raises ImageRefused with BROKEN for a picture that cannot be encoded, such as an empty one.
    """
    try:
        done, jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    except cv2.error as error:
        raise ImageRefused(ImageRefusalCode.BROKEN, "it cannot be encoded") from error
    if not done:
        raise ImageRefused(ImageRefusalCode.BROKEN, "it cannot be encoded")
    return jpeg.tobytes()


def _photo_flags(header: Header, side: int) -> int:
    """Let a large JPEG be decoded at a half or a quarter of its size, which is much cheaper."""
    longer = max(header.width, header.height)
    if longer < 2 * side:
        return int(cv2.IMREAD_COLOR)
    if longer < 4 * side:
        return int(cv2.IMREAD_REDUCED_COLOR_2)
    return int(cv2.IMREAD_REDUCED_COLOR_4)


def _decode_flat(data: bytes, header: Header, side: int) -> RgbImage:
    """Decode a picture that may be transparent, deep, or mixed of inks."""
    try:
        if header.format is Format.HEIC:
            picture = heic_process.decoded(data, side=side)
        else:
            opened = Image.open(io.BytesIO(data), formats=(header.format.upper(),))
            picture = flattened(opened, side=side)
        return RgbImage(np.asarray(picture, dtype=np.uint8))
    except NothingVisible:
        raise ImageRefused(ImageRefusalCode.TRANSPARENT) from None
    except heic_process.HeicRefused as refusal:
        code = ImageRefusalCode.TRANSPARENT if refusal.transparent else ImageRefusalCode.BROKEN
        raise ImageRefused(code) from None
    except UNDECODABLE as error:
        raise ImageRefused(ImageRefusalCode.BROKEN, "the decoder gave up") from error


def _decode(data: bytes, flags: int) -> RgbImage:
    try:
        image = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), flags)
    except cv2.error as error:
        raise ImageRefused(ImageRefusalCode.BROKEN, "the decoder gave up") from error
    if image is None or image.ndim != 3 or image.shape[2] != 3:
        raise ImageRefused(ImageRefusalCode.BROKEN, "no picture came out")
    pixels = np.asarray(image, dtype=np.uint8)
    if flags & cv2.IMREAD_COLOR_RGB == cv2.IMREAD_COLOR_RGB:
        return RgbImage(pixels)
    return to_rgb(BgrImage(pixels))
