"""Makes a plain RGB picture of one that has transparency, a palette, 16 bits or printing inks.

A transparent pixel has a colour of its own, which no viewer shows. Whoever drops the transparency
shows it, and a face could be hidden there. So every picture is laid on white, as viewers do.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageOps

WHITE = (255, 255, 255)
# Modes of Pillow in which one channel has 16 bits.
DEEP = frozenset({"I", "I;16", "I;16B", "I;16L"})


class NothingVisible(ValueError):
    """Every pixel of the picture is transparent."""


def flattened(image: Image.Image, *, side: int) -> Image.Image:
    """Return the picture upright and on white, in RGB, hardly larger than `side` pixels a side.

    `image` is decoded here. Raises NothingVisible, and what Pillow raises for a damaged file.
    """
    image.draft(None, (side, side))  # a JPEG can be decoded at a part of its size
    upright = ImageOps.exif_transpose(image)
    return _on_white(_shrunk(_in_channels(upright), side))


def _in_channels(image: Image.Image) -> Image.Image:
    """Return the picture in RGB or RGBA, of 8 bits a channel."""
    if image.mode in DEEP:
        return _of_eight_bits(image)
    if image.mode in {"RGB", "RGBA"} and "transparency" not in image.info:
        return image
    transparent = image.has_transparency_data
    return image.convert("RGBA" if transparent else "RGB")


def _of_eight_bits(image: Image.Image) -> Image.Image:
    grey = np.asarray(image, dtype=np.int64)
    shown = Image.fromarray(np.asarray(grey >> 8, dtype=np.uint8)).convert("RGB")
    if "transparency" in image.info:
        visible = (grey != image.info["transparency"]).astype(np.uint8) * 255
        shown.putalpha(Image.fromarray(visible))
    return shown


def _shrunk(image: Image.Image, side: int) -> Image.Image:
    factor = max(image.size) // side
    return image.reduce(factor) if factor > 1 else image


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    visible = image.getchannel("A")
    if visible.getextrema()[1] == 0:
        raise NothingVisible
    ground = Image.new("RGB", image.size, WHITE)
    ground.paste(image, mask=visible)
    return ground
