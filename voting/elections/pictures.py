"""Pictures of choices: checked by their header before decoding, then kept small, no metadata."""

from __future__ import annotations

import io
import warnings
from typing import Final

from PIL import Image, ImageOps

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_PIXELS: Final = 24_000_000
SIDE: Final = 480
FORMATS: Final = ("JPEG", "PNG", "WEBP")


class PictureRefused(ValueError):
    """Not a picture that is accepted here."""


def reencode(data: bytes) -> bytes:
    """The picture as a WebP of at most 480 pixels a side.

    Raises PictureRefused for anything but a still JPEG, PNG or WebP, and for one that is too large.
    """
    if len(data) > MAX_BYTES:
        raise PictureRefused("size")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _reencode(data)
    except (OSError, SyntaxError, ValueError, Warning, Image.DecompressionBombError) as error:
        raise PictureRefused("form") from error


def _reencode(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
        # Telephones put a second, smaller picture behind the first (MPO). The first one is meant.
        moves = getattr(opened, "is_animated", False) and opened.format != "MPO"
        if opened.width * opened.height > MAX_PIXELS or moves:
            raise PictureRefused("size")
        picture = ImageOps.exif_transpose(_in_eight_bits(opened)).convert("RGBA")
    picture.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=85)
    return out.getvalue()


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    """Grey of 16 bits in 8. Pillow's own conversion cuts everything off above 255 as white."""
    if not picture.mode.startswith("I"):
        return picture
    grey = picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    grey.info = picture.info
    return grey
