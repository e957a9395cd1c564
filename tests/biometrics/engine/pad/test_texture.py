from __future__ import annotations

import json
import shutil

import cv2
import numpy as np
import pytest

from biometrics.engine.errors import ArtifactRefused
from biometrics.engine.pad.texture import SIDE, TexturePad, bona_fide_share, context_crop
from biometrics.engine.pipeline import Engine
from biometrics.engine.types import BgrImage, Box, RgbImage
from tests.support.places import MODELS, SHARED_DATA
from tests.support.still_films import jpeg

CLIPS = SHARED_DATA / "video"


def picture(width=640, height=480):
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    "box",
    [
        Box(250, 150, 350, 250),
        Box(-40, -40, 60, 60),
        Box(600, 440, 700, 540),
        Box(0, 0, 640, 480),
        Box(10, 10, 11, 11),
    ],
)
def test_the_crop_is_a_square_wherever_the_face_is(box):
    crop = context_crop(picture(), box)

    assert crop.shape == (SIDE, SIDE, 3)
    assert crop.dtype == np.uint8


def test_the_crop_shows_what_surrounds_the_face():
    image = RgbImage(np.zeros((480, 640, 3), np.uint8))
    image[190:290, 270:370] = 255

    crop = context_crop(image, Box(270, 190, 370, 290))

    assert 0.1 < (crop > 127).mean() < 0.17  # one part in 2.7 squared


def test_a_score_is_a_share():
    pad = TexturePad.load(MODELS)

    score = pad.score(picture(), Box(250, 150, 350, 250))

    assert 0.0 <= score <= 1.0


def test_a_number_that_is_none_is_not_bona_fide():
    assert bona_fide_share(np.array([np.nan, 0.0, 0.0], np.float32)) == 0.0
    assert bona_fide_share(np.array([0.0, 0.0, 0.0], np.float32)) == pytest.approx(1 / 3)


def test_an_altered_network_is_refused(tmp_path):
    copied(tmp_path)
    content = bytearray((tmp_path / "liveness.tflite").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "liveness.tflite").write_bytes(content)

    with pytest.raises(ArtifactRefused):
        TexturePad.load(tmp_path)


@pytest.mark.parametrize("point", [None, {}, {"threshold": "high"}, {"threshold": 0.0}])
def test_a_card_without_a_usable_threshold_is_refused(tmp_path, point):
    copied(tmp_path)
    card = json.loads((tmp_path / "liveness.json").read_text())
    card["operating_point"] = point
    (tmp_path / "liveness.json").write_text(json.dumps(card))

    with pytest.raises(ArtifactRefused):
        TexturePad.load(tmp_path)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("clip", "bona_fide"),
    [
        ("person_b/bona_fide.mp4", True),
        ("person_c/bona_fide.mp4", True),
        ("person_a/replay_phone.webm", False),
        ("person_b/replay_monitor.mp4", False),
    ],
)
def test_people_pass_and_replays_do_not(clip, bona_fide):
    if not CLIPS.is_dir():
        pytest.skip("needs the research clips in ../shared/data/video")
    engine = Engine.load(MODELS)

    verdicts = [frame.pad.bona_fide for frame in judged(engine, CLIPS / clip) if frame.pad]

    assert len(verdicts) >= 5
    assert np.mean(verdicts) > 0.7 if bona_fide else not any(verdicts)


def judged(engine, path):
    clip = cv2.VideoCapture(str(path))
    number = 0
    while clip.grab():
        number += 1
        if number % 12 == 0:
            picture = clip.retrieve()[1]
            scale = min(1.0, 1280 / max(picture.shape))
            picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            yield engine.process(jpeg(BgrImage(np.asarray(picture, np.uint8)), 95))


def copied(folder):
    for name in ("liveness.json", "liveness.tflite"):
        shutil.copy(MODELS / name, folder / name)
