from __future__ import annotations

import csv

import cv2
import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn comes with the group `train`.")

from benchmarks.studies.people_of_frames import films, lay_out, tell_apart


def crowd(sizes, spread=0.05):
    """Descriptors near to as many right-angled directions as there are sizes."""
    random = np.random.default_rng(0)
    means = np.eye(len(sizes), 32).repeat(sizes, axis=0)
    near = means + random.normal(scale=spread, size=means.shape)
    return (near / np.linalg.norm(near, axis=1, keepdims=True)).astype(np.float32)


def test_people_are_told_apart_and_a_lone_face_is_nobody():
    known = crowd((5, 3, 7))
    unlike = -known.mean(axis=0, keepdims=True)

    people = tell_apart(np.concatenate([known, unlike / np.linalg.norm(unlike)]), 3)

    own = [set(people[start:end]) for start, end in ((0, 5), (5, 8), (8, 15))]
    assert all(len(numbers) == 1 for numbers in own)
    assert len(set.union(*own)) == 3
    assert people[-1] == -1
    assert -1 not in people[:-1]


def test_more_people_than_there_can_be_are_refused():
    with pytest.raises(SystemExit, match="not 3 people"):
        tell_apart(crowd((2, 2)), 3)


def plain(value):
    return np.full((160, 160, 3), value, dtype=np.uint8)


def test_frames_of_one_light_are_of_one_film():
    parted = films([plain(value) for value in (20, 120, 220, 22, 121, 219)])

    assert list(parted[:3]) == list(parted[3:])
    assert len(set(parted)) == 3


@pytest.mark.parametrize("prefix", ["", "set/"])
def test_named_people_are_laid_out_by_split_person_and_film(tmp_path, prefix):
    folder = tmp_path / "set"
    folder.mkdir()
    rows = []
    for subject in ("1", "2"):
        for shade in (20, 120, 220):
            name = f"{subject}-{shade}.png"
            cv2.imwrite(str(folder / name), plain(shade))
            rows.append((f"{prefix}{name}", "bona_fide", subject, "dev"))
    for name in ("attack.png", "other.png"):
        cv2.imwrite(str(folder / name), plain(70))
    rows += [("attack.png", "attack", "1", "dev"), ("other.png", "bona_fide", "1", "train")]
    table = folder / "labels.csv"
    with table.open("w", newline="") as lines:
        csv.writer(lines).writerows([("file", "label", "subject", "split"), *rows])

    lay_out(table, "dev", None, [tmp_path / "out"])

    laid = sorted((tmp_path / "out").rglob("*.png"))
    assert len(laid) == 6
    assert {path.parts[-3] for path in laid} == {"dev-01", "dev-02"}
    assert len({path.parts[-2] for path in laid}) == 3
    assert all(path.resolve().parent == folder for path in laid)
