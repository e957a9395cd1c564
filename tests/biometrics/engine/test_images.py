from __future__ import annotations

import io
import time
import zipfile

import numpy as np
import pytest
from PIL import Image

from biometrics.engine.errors import ImageRefusalCode, ImageRefused
from biometrics.engine.images import PHOTO_LIMITS, check_image, decode_frame, decode_photo
from tests.support.pictures import encoded

from .drawings import animated, claiming, noise, noise_file, noise_jpeg


def zipped():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("payload.txt", "hello")
    return buffer.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240"/>'
BAD_FRAMES = {
    "empty": (b"", ImageRefusalCode.EMPTY),
    "text": (b"hello", ImageRefusalCode.WRONG_FORMAT),
    "svg": (SVG, ImageRefusalCode.WRONG_FORMAT),
    "gif": (noise_file("GIF"), ImageRefusalCode.WRONG_FORMAT),
    "png": (noise_file("PNG"), ImageRefusalCode.WRONG_FORMAT),
    "webp": (noise_file("WEBP"), ImageRefusalCode.WRONG_FORMAT),
    "bmp": (noise_file("BMP", width=200, height=160), ImageRefusalCode.WRONG_FORMAT),
    "two pictures in one": (animated("MPO"), ImageRefusalCode.WRONG_FORMAT),
    "cmyk": (noise_file("JPEG", mode="CMYK"), ImageRefusalCode.WRONG_FORMAT),
    "progressive": (noise_jpeg(progressive=True), ImageRefusalCode.WRONG_FORMAT),
    "archive behind it": (noise_jpeg() + zipped(), ImageRefusalCode.WRONG_FORMAT),
    "one byte behind it": (noise_jpeg() + b"\0", ImageRefusalCode.WRONG_FORMAT),
    "bomb": (claiming(30_000, 30_000), ImageRefusalCode.TOO_MANY_PIXELS),
    "largest bomb": (claiming(65_535, 65_535), ImageRefusalCode.TOO_MANY_PIXELS),
    "no width": (claiming(0, 240), ImageRefusalCode.SIDE_TOO_SHORT),
    "no height": (claiming(320, 0), ImageRefusalCode.SIDE_TOO_SHORT),
    "too small": (noise_jpeg(152, 200), ImageRefusalCode.SIDE_TOO_SHORT),
    "too wide": (noise_jpeg(1288, 200), ImageRefusalCode.SIDE_TOO_LONG),
    "too many bytes": (noise_jpeg(1280, 1280, quality=100), ImageRefusalCode.TOO_LARGE),
    "cut in half": (noise_jpeg()[:5000], ImageRefusalCode.BROKEN),
    "without its end": (noise_jpeg()[:-2], ImageRefusalCode.BROKEN),
    "start alone": (b"\xff\xd8", ImageRefusalCode.BROKEN),
    "start and end": (b"\xff\xd8\xff\xd9", ImageRefusalCode.BROKEN),
}


def test_a_frame_becomes_an_rgb_array():
    data = noise_jpeg(640, 480)

    image = decode_frame(data)

    assert image.shape == (480, 640, 3)
    assert image.dtype == np.uint8
    difference = np.abs(image.astype(int) - noise(640, 480)[:, :, ::-1])
    assert difference.mean() < 12


def test_a_grey_frame_becomes_an_rgb_array():
    data = noise_file("JPEG", mode="L")

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
    data = noise_file("JPEG", exif=exif)

    image = decode_frame(data)

    assert image.shape == (240, 320, 3)


def test_a_frame_whose_body_is_not_its_headers_is_refused():
    data = bytearray(noise_jpeg())
    table = data.index(b"\xff\xdb")
    data[table + 1] = 0xFE  # the quantisation table becomes a comment

    with pytest.raises(ImageRefused) as refusal:
        decode_frame(bytes(data))

    assert refusal.value.code is ImageRefusalCode.BROKEN


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
def test_photos_of_three_formats_become_rgb_arrays(format_name):
    data = noise_file(format_name)

    image = decode_photo(data)

    assert image.shape == (240, 320, 3)
    assert np.abs(image.astype(int) - noise()).mean() < 12


@pytest.mark.parametrize("mode", ["RGBA", "L", "P", "1", "LA"])
def test_png_of_every_kind_becomes_an_rgb_array(mode):
    data = noise_file("PNG", mode=mode)

    image = decode_photo(data)

    assert image.shape == (240, 320, 3)


@pytest.mark.parametrize("lossless", [True, False])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_webp_of_every_kind_becomes_an_rgb_array(mode, lossless):
    data = noise_file("WEBP", mode=mode, lossless=lossless)

    image = decode_photo(data)

    assert image.shape == (240, 320, 3)


def test_a_progressive_photo_is_accepted():
    data = noise_jpeg(progressive=True)

    image = decode_photo(data)

    assert image.shape == (240, 320, 3)


@pytest.mark.parametrize(
    ("orientation", "shape"), [(1, (240, 320)), (3, (240, 320)), (6, (320, 240)), (8, (320, 240))]
)
def test_a_photo_is_turned_upright(orientation, shape):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = noise_file("JPEG", exif=exif)

    image = decode_photo(data)

    assert image.shape[:2] == shape


def test_a_large_photo_is_shrunk():
    data = noise_jpeg(4000, 3000)

    image = decode_photo(data)

    assert image.shape == (960, 1280, 3)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", ImageRefusalCode.EMPTY),
        (b"\0" * (8 * 1024 * 1024 + 1), ImageRefusalCode.TOO_LARGE),
        (SVG, ImageRefusalCode.WRONG_FORMAT),
        (noise_file("GIF"), ImageRefusalCode.WRONG_FORMAT),
        (noise_file("TIFF"), ImageRefusalCode.WRONG_FORMAT),
        (animated("PNG"), ImageRefusalCode.ANIMATED),
        (animated("WEBP"), ImageRefusalCode.ANIMATED),
        (noise_file("PNG")[:-8], ImageRefusalCode.BROKEN),
        (noise_file("WEBP")[:-8], ImageRefusalCode.BROKEN),
        (claiming(10_200, 6_000), ImageRefusalCode.TOO_MANY_PIXELS),
        (claiming(14_000, 1_200), ImageRefusalCode.SIDE_TOO_LONG),
        (noise_file("PNG", width=48, height=48), ImageRefusalCode.SIDE_TOO_SHORT),
    ],
)
def test_a_bad_photo_is_refused_before_it_is_decoded(data, code, monkeypatch):
    monkeypatch.setattr("biometrics.engine.images.cv2.imdecode", None)
    monkeypatch.setattr("biometrics.engine.images.Image.open", None)

    with pytest.raises(ImageRefused) as refusal:
        decode_photo(data)

    assert refusal.value.code is code


def test_a_photo_of_very_many_scans_is_refused():
    data = noise_jpeg(progressive=True)
    scan = data.index(b"\xff\xda")
    data = data[:-2] + data[scan:-2] * 100 + b"\xff\xd9"

    with pytest.raises(ImageRefused) as refusal:
        decode_photo(data)

    assert refusal.value.code is ImageRefusalCode.WRONG_FORMAT


@pytest.mark.parametrize("size", [(4284, 5712), (8064, 6048), (8160, 6120)])
def test_the_largest_pictures_of_common_telephones_are_taken(size):
    header = check_image(claiming(*size), PHOTO_LIMITS)

    assert (header.width, header.height) == size


FIRST, SECOND = noise(seed=1), noise(seed=2)
AFTER_THE_PICTURE = {
    "a second picture": noise_jpeg(seed=2),
    "a film": b"\0\0\0\x18ftypmp42" + b"\0" * 500,
    "a trailer of the camera": b"\0\0SEFHe\0\0\0\1\0\0\0SEFT",
    "one byte": b"\0",
    "an archive": zipped(),
}


@pytest.mark.parametrize("kind", AFTER_THE_PICTURE)
@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
def test_what_a_telephone_appends_to_a_photo_is_dropped(kind, format_name):
    alone = encoded(Image.fromarray(FIRST), format_name)

    image = decode_photo(alone + AFTER_THE_PICTURE[kind])

    assert np.array_equal(image, decode_photo(alone))


def test_of_several_pictures_in_one_file_the_first_is_taken():
    file = io.BytesIO()
    Image.fromarray(FIRST).save(
        file, "MPO", save_all=True, append_images=[Image.fromarray(SECOND)], quality=95
    )

    image = decode_photo(file.getvalue())

    assert np.abs(image.astype(int) - FIRST).mean() < 6


def test_a_photo_in_printing_inks_keeps_its_colours():
    data = noise_file("JPEG", mode="CMYK", quality=95)

    image = decode_photo(data)

    assert np.abs(image.astype(int) - noise()).mean() < 6
