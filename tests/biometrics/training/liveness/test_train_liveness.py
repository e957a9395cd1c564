"""manage.py train_liveness, whole: real pictures in, a model out that the engine loads."""

from __future__ import annotations

import csv
import json
import shutil

import cv2
import numpy as np
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

pytest.importorskip("tensorflow", reason="TensorFlow comes with the group `train`.")

from biometrics.engine.pad.texture import TexturePad
from biometrics.training.liveness.dataset import SIMULATED


@pytest.fixture
def few(shared_data, tmp_path):
    """Twelve pictures of those who train and forty of four who do not."""
    source = shared_data / "pad" / "casia_fasd" / "labels.csv"
    rows = list(csv.DictReader(source.open(encoding="utf-8")))
    some = [row for row in rows if row["split"] == "train"][::140]
    for subject in "1234":
        mine = [row for row in rows if row["split"] == "dev" and row["subject"] == subject]
        some += mine[:: len(mine) // 10]
    for row in some:
        row["file"] = str(source.parent.parent / row["file"])
    manifest = tmp_path / "labels.csv"
    with manifest.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(some)
    return manifest


@pytest.mark.slow
def test_a_trained_model_serves_and_its_card_says_how_it_came_about(
    few, published_weights, tmp_path, capsys
):
    out = tmp_path / "out"

    call_command("train_liveness", few, "--epochs", "1", "--work", published_weights, "--out", out)

    pad = TexturePad.load(out)
    card = json.loads((out / "liveness.json").read_text())
    assert 0 < pad.threshold < 1
    assert card["training"]["seed"] == 1
    assert set(card["training"]["examples"]) == {"train", "choose", "report", "strangers"}
    assert any(
        SIMULATED in name or "made of" in name for name in card["training"]["examples"]["train"]
    )
    assert card["report"]["bpcer"]["trials"] > 0
    assert card["operating_point"]["apcer_by_species"]
    assert cv2.imread(str(out / "plot.png")) is not None
    assert "on people who neither trained nor chose" in capsys.readouterr().out


def test_a_threshold_is_chosen_anew_and_the_network_left_alone(few, tmp_path, capsys):
    out, faces = tmp_path / "out", tmp_path / "faces"
    shutil.copytree(settings.MODELS_DIR, out)
    pictures = [row["file"] for row in csv.DictReader(few.open()) if row["label"] == "bona_fide"]
    for name, picture in zip(("ann", "bob"), pictures, strict=False):
        (faces / name).mkdir(parents=True)
        shutil.copy(picture, faces / name / "1.jpg")
    before = json.loads((out / "liveness.json").read_text())

    options = ("--faces", faces, "--most-faces", "0", "--threshold-only")
    call_command("train_liveness", few, *options, "--work", tmp_path, "--out", out)

    after = json.loads((out / "liveness.json").read_text())
    assert after["sha256"] == before["sha256"]
    assert after["training"] == before["training"]
    assert after["operating_point"]["strangers"]["bpcer"]["trials"] == 2
    assert set(after["operating_point"]["examples"]) == {"choose", "strangers", "report"}
    assert TexturePad.load(out).threshold == after["operating_point"]["threshold"]
    assert "on people who neither trained nor chose" in capsys.readouterr().out


def test_data_of_one_class_trains_nothing(tmp_path):
    folder = tmp_path / "data" / "real"
    folder.mkdir(parents=True)
    cv2.imwrite(str(folder / "one.png"), np.zeros((64, 64, 3), np.uint8))

    with pytest.raises(CommandError, match="needs files in both"):
        call_command("train_liveness", tmp_path / "data", "--work", tmp_path, "--out", tmp_path)

    assert not (tmp_path / "liveness.tflite").exists()
