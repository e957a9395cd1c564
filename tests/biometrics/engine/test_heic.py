"""HEIC, which telephones write: read within limits, in a process of its own."""

from __future__ import annotations

import resource
import struct

import numpy as np
import pytest
from PIL import Image

from biometrics.engine import heic_process
from biometrics.engine.errors import ImageRefusalCode, ImageRefused
from biometrics.engine.images import decode_frame, decode_photo
from tests.support.pictures import encoded

from .drawings import noise

PICTURE = Image.fromarray(noise(320, 240))


def heic(**options):
    return encoded(PICTURE, "HEIF", **options)


def claiming(width, height):
    """A HEIC whose size is not that of its picture."""
    data = bytearray(heic())
    at = data.index(b"ispe") + 8
    data[at : at + 8] = struct.pack(">II", width, height)
    return bytes(data)


def test_a_heic_becomes_an_rgb_array():
    image = decode_photo(heic(quality=95))

    assert image.shape == (240, 320, 3)
    assert np.abs(image.astype(int) - noise(320, 240)).mean() < 12


def test_a_large_heic_is_shrunk():
    large = PICTURE.resize((4000, 3000))

    image = decode_photo(encoded(large, "HEIF", quality=50))

    assert image.shape == (960, 1280, 3)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (claiming(30_000, 30_000), ImageRefusalCode.TOO_MANY_PIXELS),
        (claiming(14_000, 1_200), ImageRefusalCode.SIDE_TOO_LONG),
        (claiming(0, 240), ImageRefusalCode.SIDE_TOO_SHORT),
        (heic()[:200], ImageRefusalCode.BROKEN),
        (heic().replace(b"ispe", b"xxxx"), ImageRefusalCode.BROKEN),
        (b"\0\0\0\x18ftypheic" + b"\0" * 64, ImageRefusalCode.BROKEN),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 64, ImageRefusalCode.WRONG_FORMAT),
    ],
)
def test_a_bad_heic_is_refused_before_it_is_decoded(data, code, monkeypatch):
    monkeypatch.setattr("biometrics.engine.heic_process.subprocess", None)

    with pytest.raises(ImageRefused) as refusal:
        decode_photo(data)

    assert refusal.value.code is code


def test_a_heic_whose_picture_is_damaged_is_refused():
    data = bytearray(heic())
    at = data.index(b"mdat") + 12
    data[at:] = bytes(len(data) - at)

    with pytest.raises(ImageRefused) as refusal:
        decode_photo(bytes(data))

    assert refusal.value.code is ImageRefusalCode.BROKEN


def test_a_decoder_that_wants_too_much_memory_is_stopped(monkeypatch):
    """The limit holds in the decoder's own process, whatever a header says."""
    monkeypatch.setattr(heic_process, "MEMORY_BYTES", 1)
    limits = []
    monkeypatch.setattr("resource.setrlimit", lambda kind, limit: limits.append((kind, limit)))
    monkeypatch.setattr("sys.stdin", _Empty())

    code = heic_process.main()

    assert code == heic_process.BROKEN
    assert (resource.RLIMIT_AS, (1, 1)) in limits


class _Empty:
    class buffer:  # noqa: N801
        @staticmethod
        def read():
            return b""


def test_a_frame_of_the_webcam_is_never_a_heic():
    with pytest.raises(ImageRefused) as refusal:
        decode_frame(heic())

    assert refusal.value.code is ImageRefusalCode.WRONG_FORMAT
