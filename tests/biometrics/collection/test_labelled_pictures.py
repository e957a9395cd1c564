"""Clips become labelled pictures once each, and no person is on both sides."""

from __future__ import annotations

import cv2
import pytest
from django.core.management import CommandError, call_command

from biometrics.collection import labelled_pictures
from biometrics.collection.labelled_pictures import CollectionRefused, Label, LabelledPicture
from biometrics.engine.labels_file import LABELS_FILE
from biometrics.training.liveness.samples import read_manifest


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


def test_a_clip_of_a_face_becomes_pictures_that_can_be_measured(photo_clip, tmp_path, capsys):
    arguments = ["--label", "real", "--subject", "c", "--device", "web", "--every", "20"]

    call_command("collect_liveness_frames", str(photo_clip), *arguments, "--out", str(tmp_path))

    found = read_manifest(tmp_path / LABELS_FILE, split="train")
    assert 3 <= len(found) <= 7
    for one in found:
        assert one.bona_fide
        assert one.source == "web"
        picture = cv2.imread(str(one.path))
        assert picture is not None
        assert min(picture.shape[:2]) > 100
    assert f"{len(found)} of them new" in capsys.readouterr().out


def test_a_file_that_is_no_clip_is_named(tmp_path):
    text = tmp_path / "notes.mp4"
    text.write_text("not a film")
    arguments = ["--label", "real", "--subject", "c", "--device", "web", "--out", str(tmp_path)]

    with pytest.raises(CommandError, match="notes"):
        call_command("collect_liveness_frames", str(text), *arguments)


def test_frames_are_collected_from_a_camera(tmp_path, photo_camera):
    arguments = ["--label", "real", "--subject", "c", "--device", "web", "--out", str(tmp_path)]

    call_command("collect_liveness_frames", "--camera", "0", "--seconds", "2", *arguments)

    assert list(tmp_path.glob("c-*.jpg"))
    with pytest.raises(CommandError, match="camera 7"):
        call_command("collect_liveness_frames", "--camera", "7", *arguments)
