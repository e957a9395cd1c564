from __future__ import annotations

import io
import time
import zipfile

import numpy as np
import pytest
from PIL import Image

from biometrics.engine.errors import ImageCode, ImageRefused
from biometrics.engine.images import decode_frame, decode_photo

from .drawings import animated, claiming, encoded, jpeg, noise


def zipped():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("payload.txt", "hello")
    return buffer.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240"/>'
BAD_FRAMES = {
    "empty": (b"", ImageCode.EMPTY),
    "text": (b"hello", ImageCode.WRONG_FORMAT),
    "svg": (SVG, ImageCode.WRONG_FORMAT),
    "gif": (encoded("GIF"), ImageCode.WRONG_FORMAT),
    "png": (encoded("PNG"), ImageCode.WRONG_FORMAT),
    "webp": (encoded("WEBP"), ImageCode.WRONG_FORMAT),
    "bmp": (encoded("BMP", width=200, height=160), ImageCode.WRONG_FORMAT),
    "two pictures in one": (animated("MPO"), ImageCode.WRONG_FORMAT),
    "cmyk": (encoded("JPEG", mode="CMYK"), ImageCode.WRONG_FORMAT),
    "progressive": (jpeg(progressive=True), ImageCode.WRONG_FORMAT),
    "archive behind it": (jpeg() + zipped(), ImageCode.WRONG_FORMAT),
    "one byte behind it": (jpeg() + b"\0", ImageCode.WRONG_FORMAT),
    "bomb": (claiming(30_000, 30_000), ImageCode.WRONG_SIZE),
    "largest bomb": (claiming(65_535, 65_535), ImageCode.WRONG_SIZE),
    "no width": (claiming(0, 240), ImageCode.WRONG_SIZE),
    "no height": (claiming(320, 0), ImageCode.WRONG_SIZE),
    "too small": (jpeg(152, 200), ImageCode.WRONG_SIZE),
    "too wide": (jpeg(1288, 200), ImageCode.WRONG_SIZE),
    "too many bytes": (jpeg(1280, 1280, quality=100), ImageCode.TOO_LARGE),
    "cut in half": (jpeg()[:5000], ImageCode.BROKEN),
    "without its end": (jpeg()[:-2], ImageCode.BROKEN),
    "start alone": (b"\xff\xd8", ImageCode.BROKEN),
    "start and end": (b"\xff\xd8\xff\xd9", ImageCode.BROKEN),
}


def test_a_frame_becomes_an_rgb_array():
    data = jpeg(640, 480)

    image = decode_frame(data)

    assert image.shape == (480, 640, 3)
    assert image.dtype == np.uint8
    difference = np.abs(image.astype(int) - noise(640, 480)[:, :, ::-1])
    assert difference.mean() < 12


def test_a_grey_frame_becomes_an_rgb_array():
    data = encoded("JPEG", mode="L")

    image = decode_frame(data)

    assert image.shape == (240, 320, 3)


@pytest.mark.parametrize("kind", BAD_FRAMES)
def test_a_bad_frame_is_refused_before_it_is_decoded(kind, monkeypatch):
    data, code = BAD_FRAMES[kind]
    monkeypatch.setattr("biometrics.engine.images.cv2.imdecode", None)

    with pytest.raises(ImageRefused) as refusal:
        decode_frame(data)

    assert refusal.value.code is code


@pytest.mark.parametrize("kind", BAD_FRAMES)
def test_a_refusal_costs_less_than_five_milliseconds(kind):
    data, _ = BAD_FRAMES[kind]

    fastest = min(timed_refusal(data) for _ in range(5))

    assert fastest < 0.005


def timed_refusal(data):
    started = time.process_time()
    with pytest.raises(ImageRefused):
        decode_frame(data)
    return time.process_time() - started


def test_a_frame_is_not_turned_by_its_exif():
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded("JPEG", exif=exif)

    image = decode_frame(data)

    assert image.shape == (240, 320, 3)


def test_a_frame_whose_body_is_not_its_headers_is_refused():
    data = bytearray(jpeg())
    table = data.index(b"\xff\xdb")
    data[table + 1] = 0xFE  # the quantisation table becomes a comment

    with pytest.raises(ImageRefused) as refusal:
        decode_frame(bytes(data))

    assert refusal.value.code is ImageCode.BROKEN


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
def test_photos_of_three_formats_become_rgb_arrays(format_name):
    data = encoded(format_name)

    image = decode_photo(data)

    assert image.shape == (240, 320, 3)
    assert np.abs(image.astype(int) - noise()).mean() < 12


@pytest.mark.parametrize("mode", ["RGBA", "L", "P", "1", "LA"])
def test_png_of_every_kind_becomes_an_rgb_array(mode):
    data = encoded("PNG", mode=mode)

    image = decode_photo(data)

    assert image.shape == (240, 320, 3)


@pytest.mark.parametrize("lossless", [True, False])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_webp_of_every_kind_becomes_an_rgb_array(mode, lossless):
    data = encoded("WEBP", mode=mode, lossless=lossless)

    image = decode_photo(data)

    assert image.shape == (240, 320, 3)


def test_a_progressive_photo_is_accepted():
    data = jpeg(progressive=True)

    image = decode_photo(data)

    assert image.shape == (240, 320, 3)


@pytest.mark.parametrize(
    ("orientation", "shape"), [(1, (240, 320)), (3, (240, 320)), (6, (320, 240)), (8, (320, 240))]
)
def test_a_photo_is_turned_upright(orientation, shape):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded("JPEG", exif=exif)

    image = decode_photo(data)

    assert image.shape[:2] == shape


def test_a_large_photo_is_shrunk():
    data = jpeg(4000, 3000)

    image = decode_photo(data)

    assert image.shape == (960, 1280, 3)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", ImageCode.EMPTY),
        (b"\0" * (8 * 1024 * 1024 + 1), ImageCode.TOO_LARGE),
        (SVG, ImageCode.WRONG_FORMAT),
        (encoded("GIF"), ImageCode.WRONG_FORMAT),
        (encoded("TIFF"), ImageCode.WRONG_FORMAT),
        (b"\0\0\0\x18ftypheic" + b"\0" * 64, ImageCode.WRONG_FORMAT),
        (animated("PNG"), ImageCode.WRONG_FORMAT),
        (animated("WEBP"), ImageCode.WRONG_FORMAT),
        (encoded("PNG") + zipped(), ImageCode.WRONG_FORMAT),
        (encoded("WEBP") + zipped(), ImageCode.WRONG_FORMAT),
        (encoded("PNG")[:-8], ImageCode.BROKEN),
        (encoded("WEBP")[:-8], ImageCode.BROKEN),
        (claiming(6000, 5000), ImageCode.WRONG_SIZE),
        (encoded("PNG", width=48, height=48), ImageCode.WRONG_SIZE),
        (encoded("JPEG", mode="CMYK"), ImageCode.WRONG_FORMAT),
    ],
)
def test_a_bad_photo_is_refused_before_it_is_decoded(data, code, monkeypatch):
    monkeypatch.setattr("biometrics.engine.images.cv2.imdecode", None)

    with pytest.raises(ImageRefused) as refusal:
        decode_photo(data)

    assert refusal.value.code is code


def test_a_photo_of_very_many_scans_is_refused():
    data = jpeg(progressive=True)
    scan = data.index(b"\xff\xda")
    data = data[:-2] + data[scan:-2] * 100 + b"\xff\xd9"

    with pytest.raises(ImageRefused) as refusal:
        decode_photo(data)

    assert refusal.value.code is ImageCode.WRONG_FORMAT
