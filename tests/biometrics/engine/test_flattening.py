"""What a viewer does not show must not be enrolled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from biometrics.engine.errors import ImageRefusalCode, ImageRefused
from biometrics.engine.images import decode_photo
from tests.support.pictures import encoded

from .drawings import noise

# The left half of every picture is seen; the right half is there, but transparent.
SEEN = Image.fromarray(noise(160, 240))
WHOLE = Image.fromarray(noise(320, 240, seed=3))
WHOLE.paste(SEEN, (0, 0))
VISIBLE = Image.new("L", WHOLE.size, 0)
VISIBLE.paste(255, (0, 0, 160, 240))


def half_seen(mode):
    picture = WHOLE.convert(mode)
    picture.putalpha(VISIBLE)
    return picture


def with_a_palette():
    picture = WHOLE.quantize(255)
    shown = np.array(picture)
    shown[:, 160:] = 255
    palette = picture.getpalette() or []
    picture = Image.fromarray(shown, "P")
    picture.putpalette([*palette[: 255 * 3], 250, 10, 10])
    picture.info["transparency"] = 255
    return picture


def with_a_key(mode, key):
    """One colour of the picture counts as transparent."""
    picture = Image.new(mode, WHOLE.size, key)
    picture.paste(SEEN.convert(mode), (0, 0))
    picture.info["transparency"] = key
    return picture


def deep():
    grey = np.asarray(WHOLE.convert("L"), dtype=np.uint16) * 257
    grey[:, 160:] = 4
    picture = Image.fromarray(grey)
    picture.info["transparency"] = 4
    return picture


HALF_SEEN: dict[str, tuple[Image.Image, str, dict[str, Any]]] = {
    "PNG with alpha": (half_seen("RGB"), "PNG", {}),
    "grey PNG with alpha": (half_seen("L"), "PNG", {}),
    "PNG with a palette": (with_a_palette(), "PNG", {"transparency": 255}),
    "PNG with a transparent colour": (
        with_a_key("RGB", (250, 10, 10)),
        "PNG",
        {"transparency": (250, 10, 10)},
    ),
    "grey PNG with a transparent shade": (with_a_key("L", 3), "PNG", {"transparency": 3}),
    "WebP with alpha": (half_seen("RGB"), "WEBP", {"lossless": True, "exact": True}),
    "WebP with alpha, lossy": (half_seen("RGB"), "WEBP", {"quality": 95}),
    "HEIC with alpha": (half_seen("RGB"), "HEIF", {"quality": 95}),
}


@pytest.mark.parametrize("kind", HALF_SEEN)
def test_what_is_transparent_becomes_white(kind):
    picture, format_name, options = HALF_SEEN[kind]

    image = decode_photo(encoded(picture, format_name, **options))

    assert image[:, 176:].min() > 245
    assert image[:, :144].std() > 20


def test_a_deep_grey_picture_keeps_its_shades_and_its_transparency():
    data = encoded(deep(), "PNG", transparency=4)

    image = decode_photo(data)

    expected = np.asarray(WHOLE.convert("L"))[:, :150]
    assert np.abs(image[:, :150, 0].astype(int) - expected).max() <= 1
    assert image[:, 165:].min() == 255


@pytest.mark.parametrize("format_name", ["PNG", "WEBP", "HEIF"])
def test_a_picture_of_which_nothing_is_visible_is_refused(format_name):
    picture = WHOLE.copy()
    picture.putalpha(0)

    with pytest.raises(ImageRefused) as refusal:
        decode_photo(encoded(picture, format_name))

    assert refusal.value.code is ImageRefusalCode.TRANSPARENT


def test_a_large_transparent_picture_does_not_bleed_when_it_is_shrunk():
    picture = half_seen("RGB").resize((3200, 2400), Image.Resampling.NEAREST)

    image = decode_photo(encoded(picture, "PNG"))

    assert image.shape == (960, 1280, 3)
    assert image[:, 660:].min() == 255
