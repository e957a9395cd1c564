"""Drawn pictures for the scripted engine: one colour is one person."""

from __future__ import annotations

import io
from typing import Any

import pillow_heif
from PIL import Image, ImageDraw

# Pillow writes HEIC too, as the format HEIF.
pillow_heif.register_heif_opener()

ALICE = (224, 32, 32)
BOB = (32, 224, 32)
NOBODY = (0, 0, 0)
CROWD = (255, 255, 255)
MARK = (128, 128, 128)


def drawn(
    person: tuple[int, int, int], *, mark: int = 0, size: tuple[int, int] = (320, 240)
) -> Image.Image:
    """Pictures of one person differ by `mark`; marks below 200 do not reach the middle."""
    image = Image.new("RGB", size, person)
    rows, along = divmod(mark, size[0] // 8 - 2)
    pen = ImageDraw.Draw(image)
    for row in range(rows):
        pen.rectangle((0, 17 * row, size[0], 17 * row + 16), fill=MARK)
    pen.rectangle((0, 17 * rows, 16 + 8 * along, 17 * rows + 16), fill=MARK)
    return image


def jpeg(person: tuple[int, int, int], *, mark: int = 0) -> bytes:
    return encoded(drawn(person, mark=mark))


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The picture as a file of this format; `options` are Pillow's."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
