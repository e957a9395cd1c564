"""Clips become labelled pictures once each, and no person is on both sides."""

from __future__ import annotations

import cv2
import pytest
from django.core.management import CommandError, call_command

from biometrics.collection import labelled_pictures
from biometrics.collection.labelled_pictures import CollectionRefused, Label, LabelledPicture
from biometrics.engine.labels_file import LABELS_FILE
from biometrics.training.liveness.samples import read_manifest
from tests.support.still_films import HEIGHT, WIDTH, film

FRAMES_A_PHOTO = 40


@pytest.fixture(scope="module")
def clip(portraits, tmp_path_factory):
    """One person's three photographs, one after another, in a hand that shakes."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 20, (WIDTH, HEIGHT))
    for photo in portraits["obama"]:
        for image in film(photo, FRAMES_A_PHOTO):
            writer.write(image)
    writer.release()
    return path


def label(**changes):
    known = {"bona_fide": True, "species": "", "subject": "ann", "device": "desk", "split": "train"}
    return Label(**{**known, **changes})


@pytest.mark.parametrize(
    "changes",
    [{"species": "print"}, {"bona_fide": False}, {"subject": ""}, {"device": ""}],
    ids=["a real print", "an attack of no kind", "nobody", "no device"],
)
def test_labels_that_contradict_themselves_are_refused(changes):
    with pytest.raises(CollectionRefused):
        label(**changes)


def test_one_person_is_never_in_train_and_test(tmp_path):
    labelled_pictures.store(tmp_path, [LabelledPicture("ann-1.jpg", b"one")], label())

    with pytest.raises(CollectionRefused, match="ann is in train"):
        labelled_pictures.store(
            tmp_path, [LabelledPicture("ann-2.jpg", b"two")], label(split="test")
        )

    assert [row["file"] for row in labelled_pictures.read_list(tmp_path)] == ["ann-1.jpg"]


def test_what_is_there_already_is_not_listed_twice(tmp_path):
    for _ in range(2):
        labelled_pictures.store(tmp_path, [LabelledPicture("ann-1.jpg", b"one")], label())

    assert len(labelled_pictures.read_list(tmp_path)) == 1


def test_a_clip_of_a_face_becomes_pictures_that_can_be_measured(clip, tmp_path, capsys):
    arguments = ["--label", "real", "--subject", "c", "--device", "web", "--every", "20"]

    call_command("collect_liveness_frames", str(clip), *arguments, "--out", str(tmp_path))

    found = read_manifest(tmp_path / LABELS_FILE, split="train")
    assert 3 <= len(found) <= 7
    for one in found:
        assert one.bona_fide
        assert one.source == "web"
        assert min(cv2.imread(str(one.path)).shape[:2]) > 100
    assert f"{len(found)} of them new" in capsys.readouterr().out


def test_a_file_that_is_no_clip_is_named(tmp_path):
    text = tmp_path / "notes.mp4"
    text.write_text("not a film")
    arguments = ["--label", "real", "--subject", "c", "--device", "web", "--out", str(tmp_path)]

    with pytest.raises(CommandError, match="notes"):
        call_command("collect_liveness_frames", str(text), *arguments)


def test_a_film_is_tried_frame_by_frame(clip, tmp_path, settings, capsys):
    out = tmp_path / "tried.mp4"

    call_command("try_liveness", str(clip), out=out)

    written = capsys.readouterr().out
    assert "longest row of good frames" in written
    assert cv2.VideoCapture(str(out)).read()[0]


@pytest.fixture
def camera(clip, monkeypatch):
    """Camera 0 shows the clip; there is no other."""
    real = cv2.VideoCapture
    sources = {0: str(clip)}
    monkeypatch.setattr(cv2, "VideoCapture", lambda source: real(sources.get(source, source)))


def test_a_camera_is_tried_and_ends_in_time(clip, tmp_path, camera, capsys):
    out = tmp_path / "tried.mp4"

    call_command("try_liveness", camera=0, seconds=1.0, out=out)

    assert "longest row of good frames" in capsys.readouterr().out
    assert 0 < out.stat().st_size < clip.stat().st_size


def test_frames_are_collected_from_a_camera(tmp_path, camera, capsys):
    arguments = ["--label", "real", "--subject", "c", "--device", "web", "--out", str(tmp_path)]

    call_command("collect_liveness_frames", "--camera", "0", "--seconds", "2", *arguments)

    assert list(tmp_path.glob("c-*.jpg"))
    with pytest.raises(CommandError, match="camera 7"):
        call_command("collect_liveness_frames", "--camera", "7", *arguments)


@pytest.mark.parametrize("arguments", [[], ["film.mp4", "--camera", "0"]])
def test_a_film_or_a_camera_is_tried_and_not_both(arguments):
    with pytest.raises(CommandError, match="not both"):
        call_command("try_liveness", *arguments)
