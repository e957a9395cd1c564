from __future__ import annotations

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from biometrics.training.liveness.report import area_under_curve, report
from biometrics.training.liveness.samples import (
    Presentation,
    Scored,
    Scorer,
    frames_of,
    read_folder,
    read_manifest,
)
from tests.support.places import MODELS


def scored(scores, *, species="", source="s", path="clip.mp4"):
    presentation = Presentation(Path(path), not species, species, "", source)
    return [Scored(presentation, number, score) for number, score in enumerate(scores)]


def test_the_worst_species_counts():
    frames = [
        *scored([0.9, 0.9, 0.9, 0.1], path="a.mp4"),
        *scored([0.1, 0.1], species="print", path="b.mp4"),
        *scored([0.9, 0.1], species="replay", path="c.mp4"),
    ]

    found = report(frames, 0.5)

    assert found["bpcer"]["rate"] == 0.25
    assert found["apcer_by_species"]["print"]["rate"] == 0.0
    assert found["apcer_by_species"]["replay"]["rate"] == 0.5
    assert found["acer"] == pytest.approx((0.5 + 0.25) / 2)


def test_ten_frames_are_one_mean():
    frames = [
        *scored([1.0] * 9 + [0.0] + [0.4] * 10 + [1.0] * 3, path="a.mp4"),
        *scored([0.2] * 10, species="replay", path="b.mp4"),
    ]

    found = report(frames, 0.5)["clip"]

    assert found["bpcer"]["trials"] == 2
    assert found["bpcer"]["errors"] == 1
    assert found["apcer_by_species"]["replay"]["errors"] == 0


def test_ten_pictures_of_one_person_are_fused_in_their_order_and_strays_are_not():
    def picture(number, score, *, subject, species=""):
        one = Presentation(Path(f"{number}.jpg"), not species, species, subject, "s")
        return Scored(one, 0, score)

    frames = [
        *(picture(n, 1.0 if n < 6 else 0.0, subject="ann") for n in range(10)),
        *(picture(n, 0.1, subject="ann", species="print") for n in range(12)),
        *(picture(n, 0.9, subject="", species="print") for n in range(30)),
    ]

    found = report(frames, 0.5)["clip"]

    assert found["bpcer"]["trials"] == 1
    assert found["bpcer"]["errors"] == 0
    assert found["apcer_by_species"]["print"]["trials"] == 1
    assert found["apcer_by_species"]["print"]["errors"] == 0


def test_frames_that_the_site_answers_with_a_hint_are_no_errors_but_are_counted():
    dark, clear = scored([0.1, 0.9], path="a.mp4")
    frames = [dataclasses.replace(dark, fit=False), clear, *scored([0.1], species="print")]

    found = report(frames, 0.5)

    assert found["bpcer"]["rate"] == 0.5
    assert found["served"]["bpcer"]["rate"] == 0.0
    assert found["served"]["non_response"]["bona_fide"]["rate"] == 0.5
    assert found["served"]["non_response"]["attack"]["rate"] == 0.0


def test_frames_without_a_face_are_counted_apart():
    found = report([*scored([None, 0.9]), *scored([0.1], species="print")], 0.5)

    assert found["failure_to_acquire"] == pytest.approx(1 / 3)
    assert found["bpcer"]["trials"] == 1


def test_groups_have_figures_of_their_own():
    frames = [*scored([0.9], source="one"), *scored([0.1], species="print", source="two")]

    found = report(frames, 0.5, ["source"])["by"]["source"]

    assert set(found) == {"one", "two"}
    assert found["one"]["acer"] is None
    assert found["two"]["apcer_by_species"]["print"]["trials"] == 1


@given(st.lists(st.floats(0, 1), min_size=1), st.lists(st.floats(0, 1), min_size=1))
def test_the_area_is_the_share_of_pairs_in_order(bona_fide, attacks):
    area = area_under_curve(np.array(bona_fide), np.array(attacks))

    pairs = [(a > b) + 0.5 * (a == b) for a in bona_fide for b in attacks]
    assert area == pytest.approx(sum(pairs) / len(pairs))


def test_a_manifest_names_the_line_of_a_missing_file(tmp_path):
    manifest = tmp_path / "labels.csv"
    manifest.write_text("file,label\nmissing.jpg,bona_fide\n")

    with pytest.raises(ValueError, match=r"line 2: there is no missing\.jpg"):
        read_manifest(manifest)


def test_a_manifest_names_the_line_of_an_unknown_label(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"")
    manifest = tmp_path / "labels.csv"
    manifest.write_text("file,label\na.jpg,Genuine\n")

    with pytest.raises(ValueError, match=r"labels\.csv, line 2: unknown label 'Genuine'; known"):
        read_manifest(manifest)


def test_folders_with_a_dot_are_entered_and_hidden_files_passed_over(tmp_path):
    wanted = {"real/1.jpg", "real/photo", "fake/print v1.2/2.jpg", "fake/print v1.2/day.2/3.jpg"}
    left_behind = {"real/Thumbs.db", "real/._1.jpg", "fake/print v1.2/.DS_Store"}
    for name in {*wanted, *left_behind, "fake/@eaDir/2.jpg"}:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")

    found = read_folder(tmp_path)

    assert {one.path.relative_to(tmp_path).as_posix() for one in found} == wanted
    assert {one.species for one in found} == {"", "print v1.2"}


def test_a_picture_is_learnt_from_as_it_is_seen(tmp_path):
    hidden = Image.new("RGBA", (200, 160), (255, 0, 0, 0))
    hidden.paste((10, 20, 30, 255), (0, 0, 100, 160))
    hidden.save(tmp_path / "a.png")

    (image,) = frames_of(tmp_path / "a.png")

    assert image[80, 50].tolist() == [10, 20, 30]
    assert image[80, 150].tolist() == [255, 255, 255]


def test_a_folder_needs_both_kinds(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "one.jpg").write_bytes(b"")

    with pytest.raises(ValueError, match="both real/ and fake/"):
        read_folder(tmp_path)


def test_a_picture_without_a_face_has_no_score(tmp_path):
    cv2.imwrite(str(tmp_path / "grey.jpg"), np.full((240, 320, 3), 128, np.uint8))
    presentation = Presentation(tmp_path / "grey.jpg", True, "", "", "")

    (found,) = Scorer(MODELS)(presentation)

    assert found.score is None
