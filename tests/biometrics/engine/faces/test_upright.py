"""Photos that lost the note of how the camera was held, and cameras that hang upside down."""

from __future__ import annotations

import numpy as np
import pytest

from biometrics.engine.images import encode_jpeg
from biometrics.engine.matching.comparison import similarity
from biometrics.engine.types import BgrImage, Hint
from tests.biometrics.engine.drawings import noise, noise_jpeg
from tests.support import public_faces
from tests.support.still_films import frame, jpeg


def turned(image, quarters):
    return BgrImage(np.ascontiguousarray(np.rot90(image, quarters)))


@pytest.mark.parametrize("quarters", [1, 2, 3])
@pytest.mark.parametrize("photo", public_faces.PHOTOS, ids=lambda photo: photo.name)
def test_the_template_of_a_turned_photo_stands_for_its_person(engine, photo, quarters, portraits):
    upright = engine.enrol(encode_jpeg(frame(photo), quality=95))

    sample = engine.enrol(encode_jpeg(turned(frame(photo), quarters), quality=95))

    assert sample.refusal is None
    assert similarity(sample.template, upright.template) > 0.9


@pytest.mark.parametrize("photo", public_faces.PHOTOS, ids=lambda photo: photo.name)
def test_a_camera_that_hangs_upside_down_is_told_so(engine, photo, portraits):
    result = engine.process(jpeg(turned(frame(photo), 2)))

    assert result.quality.hint is Hint.UPSIDE_DOWN
    assert result.face is None
    assert result.template is None


def test_a_picture_without_a_face_is_not_upside_down(engine):
    result = engine.process(noise_jpeg(640, 480))

    assert result.quality.hint is Hint.NO_FACE


SCENE = noise(640, 480).astype(np.float32)


@pytest.mark.parametrize(
    ("scene", "hint"),
    [
        (SCENE * 0.08, Hint.TOO_DARK),
        (np.zeros_like(SCENE), Hint.NO_PICTURE),
        (np.full_like(SCENE, 255), Hint.NO_PICTURE),
        (np.random.default_rng(2).normal(4, 2, SCENE.shape).clip(0, 255), Hint.NO_PICTURE),
    ],
    ids=["a dark room", "black", "white", "the noise behind a cover"],
)
def test_why_no_face_is_seen_is_said(engine, scene, hint):
    result = engine.process(jpeg(BgrImage(scene.astype(np.uint8))))

    assert result.quality.hint is hint
