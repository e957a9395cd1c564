"""try_liveness: a film or a camera is judged frame by frame, and shown with its marks."""

from __future__ import annotations

import cv2
import pytest
from django.core.management import CommandError, call_command


@pytest.fixture(autouse=True)
def real_engine(settings, enrolment_settings):
    settings.ENGINE = "biometrics.engine.pipeline.Engine"


def test_a_film_is_tried_frame_by_frame(photo_clip, tmp_path, settings, capsys):
    out = tmp_path / "tried.mp4"

    call_command("try_liveness", str(photo_clip), out=out)

    written = capsys.readouterr().out
    assert "longest row of good frames" in written
    assert cv2.VideoCapture(str(out)).read()[0]


def test_a_camera_is_tried_and_ends_in_time(photo_clip, tmp_path, photo_camera, capsys):
    out = tmp_path / "tried.mp4"

    call_command("try_liveness", camera=0, seconds=1.0, out=out)

    assert "longest row of good frames" in capsys.readouterr().out
    assert 0 < out.stat().st_size < photo_clip.stat().st_size


@pytest.mark.parametrize("arguments", [[], ["film.mp4", "--camera", "0"]])
def test_a_film_or_a_camera_is_tried_and_not_both(arguments):
    with pytest.raises(CommandError, match="not both"):
        call_command("try_liveness", *arguments)
