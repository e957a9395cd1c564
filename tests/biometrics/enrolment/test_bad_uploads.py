from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest

from biometrics.enrolment.photos import store_photo
from biometrics.enrolment.refusals import WORDS, PhotoRefusalCode, PhotoRefused
from biometrics.models import ReferencePhoto
from tests.support.pictures import ALICE, BOB, drawn, encoded, jpeg


def archive():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        zipped.writestr("x", "x")
    return file.getvalue()


def animation(kind):
    return encoded(drawn(ALICE), kind, save_all=True, append_images=[drawn(BOB)])


def png_claiming(width, height):
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    end = b"\0\0\0\0IEND" + struct.pack(">I", zlib.crc32(b"IEND"))
    return b"\x89PNG\r\n\x1a\n" + chunk + end


BAD = {
    "nothing": (lambda: b"", PhotoRefusalCode.EMPTY),
    "a text": (lambda: b"hello", PhotoRefusalCode.WRONG_FORMAT),
    "an SVG": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", PhotoRefusalCode.WRONG_FORMAT),
    "a HEIC": (lambda: b"\0\0\0\x18ftypheic" + bytes(64), PhotoRefusalCode.WRONG_FORMAT),
    "a GIF": (lambda: encoded(drawn(ALICE), "GIF"), PhotoRefusalCode.WRONG_FORMAT),
    "a moving PNG": (lambda: animation("PNG"), PhotoRefusalCode.WRONG_FORMAT),
    "a moving WebP": (lambda: animation("WEBP"), PhotoRefusalCode.WRONG_FORMAT),
    "an archive behind a JPEG": (lambda: jpeg(ALICE) + archive(), PhotoRefusalCode.WRONG_FORMAT),
    "a second picture behind a JPEG": (lambda: jpeg(ALICE) * 2, PhotoRefusalCode.WRONG_FORMAT),
    "more than 8 MiB": (lambda: jpeg(ALICE) + bytes(8 * 1024 * 1024), PhotoRefusalCode.TOO_LARGE),
    "30,000 x 30,000 claimed": (lambda: png_claiming(30_000, 30_000), PhotoRefusalCode.WRONG_SIZE),
    "a tiny picture": (lambda: encoded(drawn(ALICE, size=(40, 40))), PhotoRefusalCode.WRONG_SIZE),
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


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_three_formats_are_taken_by_content(kind, alice, registrar):
    photo = store_photo(alice, encoded(drawn(ALICE), kind), registrar)

    assert photo.file.endswith(".photo")


def test_every_refusal_has_words():
    assert set(WORDS) == set(PhotoRefusalCode)
