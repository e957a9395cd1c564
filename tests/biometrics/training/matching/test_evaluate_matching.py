from __future__ import annotations

import json
import shutil

import pytest
from django.core.management import CommandError, call_command

from tests.support.still_films import film, jpeg


@pytest.fixture
def folder(shared_data, tmp_path):
    """Four pictures each of a dozen people, by reference: nothing is copied."""
    found = tmp_path / "voters"
    people = sorted(path for path in (shared_data / "faces" / "lfw").iterdir() if path.is_dir())
    many = [path for path in people if len(list(path.glob("*.jpg"))) >= 6][:12]
    for person in many:
        (found / person.name).mkdir(parents=True)
        for picture in sorted(person.glob("*.jpg"))[:6]:
            (found / person.name / picture.name).symlink_to(picture)
    return found


@pytest.fixture
def few(portraits, tmp_path):
    """Six pictures each of three people: their photographs, each in a hand that shakes."""
    folder = tmp_path / "few" / "voters"
    for person, photos in portraits.items():
        (folder / person).mkdir(parents=True)
        for number in range(6):
            photo = photos[number % len(photos)]
            (picture,) = film(photo, 1, seed=number)
            (folder / person / f"{number}.jpg").write_bytes(jpeg(picture))
    return folder


@pytest.mark.shared_data
def test_a_folder_is_measured(folder, capsys):
    call_command("evaluate_matching", "--folder", str(folder), "--json")

    report = json.loads(capsys.readouterr().out)
    assert report["failure_to_acquire"]["errors"] == 0
    assert report["groups"]["voters"]["people"] == 12
    assert 0 < report["threshold"]["fused"]["threshold"] < 1
    assert report["tenfold_accuracy"] is None
    assert {"single", "fused", "encoder", "encoder_sha256"} <= set(report)


def test_a_folder_of_a_few_people_is_measured_without_a_search(few, capsys):
    call_command("evaluate_matching", "--folder", str(few), "--json")

    report = json.loads(capsys.readouterr().out)
    assert report["failure_to_acquire"]["errors"] == 0
    assert report["groups"]["voters"]["people"] == 3
    assert "search" not in report


@pytest.mark.shared_data
def test_plots_and_card_are_written_where_they_belong(folder, tmp_path, settings, capsys):
    models = tmp_path / "models"
    shutil.copytree(settings.MODELS_DIR, models)
    settings.MODELS_DIR = models
    before = (models / "matching-arcface-192.json").read_text()

    call_command(
        "evaluate_matching",
        "--folder",
        str(folder),
        "--encoder",
        "arcface-192",
        "--plots",
        str(tmp_path / "plots"),
        "--write-card",
    )

    card = json.loads((models / "matching-arcface-192.json").read_text())
    drawn = {path.name for path in (tmp_path / "plots").iterdir()}
    assert card != json.loads(before)
    assert card["groups"]["voters"]["people"] == 12
    assert drawn == {
        "det.png",
        "error-versus-reject.png",
        "scores-one to one.png",
        "scores-frame.png",
        "scores-fused.png",
    }
    assert "threshold fused" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_folder_without_people_is_named(tmp_path, name):
    (tmp_path / "empty").mkdir()

    with pytest.raises(CommandError, match=name):
        call_command("evaluate_matching", "--folder", str(tmp_path / name))


def test_an_unknown_encoder_is_named(few):
    with pytest.raises(CommandError, match="nobody"):
        call_command("evaluate_matching", "--folder", str(few), "--encoder", "nobody")


def test_nothing_to_measure_is_said():
    with pytest.raises(CommandError, match="--lfw or --folder"):
        call_command("evaluate_matching")


def test_an_unknown_network_is_not_built():
    with pytest.raises(CommandError, match="nobody"):
        call_command("build_encoder", "nobody")
