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
    [
        {"species": "print"},
        {"bona_fide": False},
        {"subject": ""},
        {"device": ""},
        {"subject": "../escape"},
        {"subject": "/etc/ann"},
        {"subject": "ann\n"},
        {"subject": "..\\ann"},
        {"subject": "a" * 41},
    ],
    ids=[
        *("a real print", "an attack of no kind", "nobody", "no device", "leaves the folder"),
        *("a path", "a line break", "a path of Windows", "too long"),
    ],
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


def test_a_subject_that_leads_out_of_the_folder_is_refused_before_any_work(photo_clip, tmp_path):
    arguments = ["--label", "real", "--subject", "../escape", "--device", "c"]

    with pytest.raises(CommandError, match="the subject becomes a part of file names") as refusal:
        call_command("collect_liveness_frames", str(photo_clip), *arguments, out=tmp_path / "out")

    assert refusal.value.returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_pictures_are_added_to_a_list_that_a_spreadsheet_has_saved(tmp_path):
    (tmp_path / LABELS_FILE).write_bytes(
        "\ufefffile;label;attack_type;subject;source;split\r\nbob-1.jpg;real;;bob;desk;train\r\n".encode()
    )

    labelled_pictures.store(tmp_path, [LabelledPicture("ann-1.jpg", b"one")], label())

    rows = labelled_pictures.read_list(tmp_path)
    assert [row["file"] for row in rows] == ["bob-1.jpg", "ann-1.jpg"]
    assert rows[0]["label"] == "real"


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
