"""Writes words into a picture in any script: voters' names are not only in Latin letters.

OpenCV draws Latin letters alone. Pillow draws all of them, each script with a font of its own.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from biometrics.engine.types import BgrImage

# The first word of a character's name is its script. Those in Noto Sans itself, and those that
# the font for Chinese, Japanese and Korean has; every other script has a font that is named for it.
PLAIN = frozenset({"LATIN", "CYRILLIC", "GREEK"})
EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC"})
REGULAR = 400
BLACK = (0, 0, 0)


def text_width(text: str, size: int) -> int:
    """Return how many pixels wide the text is, in letters of `size` pixels."""
    return round(sum(font.getlength(part) for part, font in _parts(text, size)))


def write(
    image: BgrImage, text: str, at: tuple[int, int], *, size: int, colour: tuple[int, int, int]
) -> None:
    """Write the text into the picture itself, with a black rim so that it stands out.

    `at` is the left end of the line that the letters stand on, `size` their height in pixels with
    everything below and above, and `colour` is blue, green, red. What is outside is cut off.
    """
    rim = max(1, size // 12)
    left, top = at[0] - rim, at[1] - size - rim
    box = (
        max(0, left),
        max(0, top),
        min(image.shape[1], left + text_width(text, size) + 2 * rim),
        min(image.shape[0], top + size * 3 // 2 + 2 * rim),
    )
    if box[0] >= box[2] or box[1] >= box[3]:
        return
    # Pillow takes the channels as they come, so the colour may stay in OpenCV's order.
    part = Image.fromarray(np.ascontiguousarray(image[box[1] : box[3], box[0] : box[2]]))
    pen, x = ImageDraw.Draw(part), float(at[0] - box[0])
    for piece, font in _parts(text, size):
        pen.text(
            (x, at[1] - box[1]),
            piece,
            fill=colour,
            font=font,
            anchor="ls",
            stroke_width=rim,
            stroke_fill=BLACK,
        )
        x += font.getlength(piece)
    image[box[1] : box[3], box[0] : box[2]] = np.asarray(part)


def _parts(text: str, size: int) -> list[tuple[str, ImageFont.FreeTypeFont]]:
    """Cut the text where its script changes; each part comes with its font."""
    fonts: list[str] = []
    for character in text:
        before = fonts[-1] if fonts else ""
        fonts.append(_font_name(character, before))
    pairs = zip(fonts, text, strict=True)
    return [
        ("".join(_shown(character, name) for _name, character in group), _font(name, size))
        for name, group in groupby(pairs, key=lambda pair: pair[0])
    ]


def _font_name(character: str, before: str) -> str:
    """The font of a character; marks and joiners stay in the font of the letter before them."""
    category = unicodedata.category(character)
    if category.startswith("M") or category == "Cf":
        return before or "NotoSans"
    script = unicodedata.name(character, "NONE").partition(" ")[0].partition("-")[0]
    if script in EAST_ASIAN:
        return "NotoSansCJK"
    return f"NotoSans{script.title()}" if category[0] == "L" and script not in PLAIN else "NotoSans"


def _shown(character: str, name: str) -> str:
    """The character, or its number if there is no font for its script."""
    return character if name == "NotoSansCJK" or _file(name) else f"[{ord(character):X}]"


@cache
def _file(name: str) -> str:
    """Where the font lies; empty if there is none of this name."""
    place = files("manimgx_fonts") / f"{name}[wght].ttf"
    return str(place) if place.is_file() else ""


@lru_cache(maxsize=256)
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    if name == "NotoSansCJK":
        path = str(files("manimgx_fonts_cjk") / "NotoSansCJK-VF.otf.ttc")
    else:
        path = _file(name) or _file("NotoSans")
    font = ImageFont.truetype(path, size)
    others = [float(axis["default"] or 0) for axis in font.get_variation_axes()[1:]]
    font.set_variation_by_axes([REGULAR, *others])
    return font
