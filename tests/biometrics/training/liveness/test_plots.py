"""Curves and a sheet of the worst mistakes, and what a frame costs."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from django.core.management import call_command

from biometrics.training.liveness.plots import MOST_OF_ONE_CLIP, draw, worst_mistakes
from biometrics.training.liveness.samples import Presentation, Scored
from tests.support.places import SHARED_DATA

CLIPS = SHARED_DATA / "video" / "person_b"


def scored(path, scores, *, species=""):
    presentation = Presentation(Path(path), not species, species, "", "s")
    return [Scored(presentation, number, score) for number, score in enumerate(scores)]


def clip(path, frames=12):
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10, (320, 240))
    for shade in range(frames):
        writer.write(np.full((240, 320, 3), 10 * shade, np.uint8))
    writer.release()
    return path


def test_the_worst_mistakes_come_first_and_not_all_of_one_clip():
    frames = [
        *scored("a", [0.1, 0.2, 0.3, 0.4, 0.9, None]),
        *scored("b", [0.95, 0.2, 0.5], species="print"),
    ]

    found = worst_mistakes(frames, 0.5)

    assert [one.score for one in found if one.presentation.bona_fide] == [0.1, 0.2, 0.3]
    assert found[0].score == 0.95
    assert found[-1].score == 0.5
    assert len(found) == MOST_OF_ONE_CLIP + 2


def test_plots_and_a_sheet_are_written(tmp_path):
    made = clip(tmp_path / "a.mp4")

    draw([*scored(made, [0.1, 0.9]), *scored("b", [0.2], species="print")], 0.5, tmp_path / "p")

    written = {path.name for path in (tmp_path / "p").iterdir()}
    assert written == {"det.png", "scores.png", "mistakes.jpg"}


def test_people_and_replays_are_told_apart_and_timed(tmp_path, capsys):
    if not CLIPS.is_dir():
        pytest.skip("needs the research clips in ../shared/data/video")
    manifest = tmp_path / "labels.csv"
    manifest.write_text(
        "file,label,attack_type\n"
        f"{CLIPS / 'bona_fide.mp4'},bona_fide,\n{CLIPS / 'replay_monitor.mp4'},attack,replay\n"
    )

    call_command("evaluate_liveness", str(manifest), "--every", "60", "--json")
    found = json.loads(capsys.readouterr().out)

    assert found["auc"] > 0.9
    assert 0 < found["pad_ms"] < 100
