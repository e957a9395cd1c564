from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest

from biometrics.enrolment.intake import intake
from biometrics.enrolment.photos import store_photo
from biometrics.enrolment.refusals import WORDS, PhotoRefusalCode, PhotoRefused
from biometrics.models import ReferencePhoto
from biometrics.storage.photos import read_photo
from tests.support.pictures import ALICE, BOB, drawn, encoded, jpeg


def archive():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        zipped.writestr("x", "x")
    return file.getvalue()


def animation(kind):
    return encoded(drawn(ALICE), kind, save_all=True, append_images=[drawn(BOB)])


def unseen():
    image = drawn(ALICE)
    image.putalpha(0)
    return image


def png_claiming(width, height):
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    end = b"\0\0\0\0IEND" + struct.pack(">I", zlib.crc32(b"IEND"))
    return b"\x89PNG\r\n\x1a\n" + chunk + end


BAD = {
    "nothing": (lambda: b"", PhotoRefusalCode.EMPTY),
    "a text": (lambda: b"hello", PhotoRefusalCode.WRONG_FORMAT),
    "an SVG": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", PhotoRefusalCode.WRONG_FORMAT),
    "a damaged HEIC": (lambda: b"\0\0\0\x18ftypheic" + bytes(64), PhotoRefusalCode.BROKEN),
    "a GIF": (lambda: encoded(drawn(ALICE), "GIF"), PhotoRefusalCode.WRONG_FORMAT),
    "a moving PNG": (lambda: animation("PNG"), PhotoRefusalCode.ANIMATED),
    "a moving WebP": (lambda: animation("WEBP"), PhotoRefusalCode.ANIMATED),
    "nothing visible": (lambda: encoded(unseen(), "PNG"), PhotoRefusalCode.TRANSPARENT),
    "more than 8 MiB": (lambda: jpeg(ALICE) + bytes(8 * 1024 * 1024), PhotoRefusalCode.TOO_LARGE),
    "30,000 x 30,000 claimed": (
        lambda: png_claiming(30_000, 30_000),
        PhotoRefusalCode.TOO_MANY_PIXELS,
    ),
    "a panorama": (lambda: png_claiming(14_000, 1_200), PhotoRefusalCode.SIDE_TOO_LONG),
    "a tiny picture": (
        lambda: encoded(drawn(ALICE, size=(40, 40))),
        PhotoRefusalCode.SIDE_TOO_SHORT,
    ),
    "a JPEG cut short": (lambda: jpeg(ALICE)[:-200], PhotoRefusalCode.BROKEN),
    "a PNG without pixels": (lambda: png_claiming(300, 300), PhotoRefusalCode.BROKEN),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_its_own_reason_and_leaves_nothing(
    name, alice, registrar, settings
):
    make, code = BAD[name]

    with pytest.raises(PhotoRefused) as refusal:
        store_photo(alice, make(), registrar)

    assert refusal.value.code == code
    assert refusal.value.words == str(WORDS[code])
    assert not ReferencePhoto.objects.exists()
    assert list(settings.PHOTOS_DIR.glob("*/*")) == []


def test_nothing_that_follows_a_picture_is_kept(alice, registrar):
    photo = store_photo(alice, jpeg(ALICE) + archive(), registrar)

    kept = read_photo(photo)
    assert kept == intake(jpeg(ALICE))
    assert b"PK" not in kept


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_the_formats_are_taken_by_content(kind, alice, registrar):
    photo = store_photo(alice, encoded(drawn(ALICE), kind), registrar)

    assert photo.file.endswith(".photo")


def test_every_refusal_has_words():
    assert set(WORDS) == set(PhotoRefusalCode)
