"""Lays labelled frames out for evaluate_matching and similar_people: OUT/PERSON/SESSION/picture.

    python -m benchmarks.studies.people_of_frames TABLE OUT... --split NAME [--people N]

TABLE is a CSV with the columns file, label, subject and split, as train_liveness reads it. The
bona fide frames of one split are taken. If a split names no subjects, --people says how many people
there are; they are told apart by an encoder, as groups of frames with similar descriptors. A
person's frames are divided into films by light, colour and sharpness. Several OUT folders share
the people among them, in turn.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from benchmarks.harness.places import MODELS_DIR
from biometrics.engine.images import decode_photo
from biometrics.training.liveness.samples import read_manifest
from biometrics.training.matching.samples import Picture, collect

if TYPE_CHECKING:
    import numpy.typing as npt

    from biometrics.engine.types import FloatArray, RgbImage

    Groups = npt.NDArray[np.intp]

ENCODER = "arcface"
FILMS = 3
SIDE = 8


def tell_apart(descriptors: FloatArray, count: int) -> Groups:
    """A number for the person of each descriptor; -1 for one that resembles no other.

    `descriptors` are (n, length) unit vectors, the result is (n,). Single descriptors do not count
    among the `count` people. SystemExit if there are not so many people with two frames each.
    """
    from sklearn.cluster import AgglomerativeClustering  # of the group `train`

    distances = np.clip(1 - descriptors @ descriptors.T, 0, None)
    for groups in range(count, len(descriptors)):
        by_mean = AgglomerativeClustering(groups, metric="precomputed", linkage="average")
        people = by_mean.fit_predict(distances)
        sizes = np.bincount(people)
        if (sizes > 1).sum() >= count:
            return np.where(sizes[people] > 1, people, -1)
    raise SystemExit(f"there are not {count} people with two frames each")


def films(pictures: list[RgbImage]) -> Groups:
    """A number from 0 to 2 for each RGB picture: equal for one camera, light and place."""
    from sklearn.cluster import AgglomerativeClustering  # of the group `train`

    looks = np.array([_look(picture) for picture in pictures])
    return np.asarray(AgglomerativeClustering(min(FILMS, len(looks))).fit_predict(looks))


def _look(picture: RgbImage) -> FloatArray:
    """What films differ in: a small grey-level picture, sharpness and mean colour, as one row."""
    small = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    sharpness = np.log1p(cv2.Laplacian(grey, cv2.CV_32F).var())
    colour = picture.reshape(-1, 3).mean(axis=0)
    return np.concatenate([small.ravel() / 40, [sharpness * 4], colour / 10])


def lay_out(table: Path, split: str, count: int | None, outs: list[Path]) -> None:
    """Link each frame into one of `outs`. `count`: how many people, where TABLE names none."""
    listed = [frame for frame in read_manifest(table, split=split) if frame.bona_fide]
    paths = [frame.path.resolve() for frame in listed]
    names = [frame.subject.zfill(2) for frame in listed]
    if count is not None:
        pictures = [Picture(path, "", str(path), split) for path in paths]
        samples = collect(pictures, MODELS_DIR, encoder=ENCODER)
        paths = [path for path, face in zip(paths, samples.acquired, strict=True) if face]
        people = tell_apart(samples.references[samples.acquired], count)
        names = [f"{person:02d}" if person >= 0 else "" for person in people]
    for turn, person in enumerate(sorted(set(names) - {""})):
        out = outs[turn % len(outs)]
        own = [path for path, name in zip(paths, names, strict=True) if name == person]
        parted = films([decode_photo(path.read_bytes()) for path in own])
        for path, film in zip(own, parted, strict=True):
            place = out / f"{split}-{person}" / f"film-{film}"
            place.mkdir(parents=True, exist_ok=True)
            (place / path.name).symlink_to(path)
        sys.stdout.write(f"{split}-{person}: {', '.join(map(str, np.bincount(parted)))} frames\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="Lay labelled frames out by person and film.")
    parser.add_argument("table", type=Path, help="CSV: file, label, subject, split")
    parser.add_argument("out", type=Path, nargs="+", help="folders, to which links are added")
    parser.add_argument("--split", required=True)
    parser.add_argument("--people", type=int, help="how many, where the table names nobody")
    options = parser.parse_args()
    lay_out(options.table, options.split, options.people, options.out)


if __name__ == "__main__":
    main()
