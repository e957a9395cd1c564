"""Lays labelled frames out for evaluate_matching and similar_people: OUT/PERSON/SESSION/picture.

Reads a CSV with the columns file, label, subject and split, as train_liveness does, and takes the
bona fide frames of one split. Where a split names no subjects, its people are told apart by an
encoder: groups of frames whose descriptors are alike in the mean. A person's frames are parted
into films by their light, colour and sharpness. Several OUTs share the people among them, in turn.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from biometrics.engine.images import decode_photo
from biometrics.training.liveness.samples import read_manifest
from biometrics.training.matching.samples import Picture, collect

if TYPE_CHECKING:
    import numpy.typing as npt

    from biometrics.engine.types import FloatArray, RgbImage

    Groups = npt.NDArray[np.intp]

MODELS_DIR = Path(__file__).resolve().parents[1] / "models"
ENCODER = "arcface"
FILMS = 3
SIDE = 8


def tell_apart(descriptors: FloatArray, count: int) -> Groups:
    """A number for each of the (n, length) descriptors' people; -1 for one like nobody else.

    Lone descriptors do not count among the `count` people.
    """
    from sklearn.cluster import AgglomerativeClustering

    distances = np.clip(1 - descriptors @ descriptors.T, 0, None)
    for groups in range(count, len(descriptors)):
        by_mean = AgglomerativeClustering(groups, metric="precomputed", linkage="average")
        people = by_mean.fit_predict(distances)
        sizes = np.bincount(people)
        if (sizes > 1).sum() >= count:
            return np.where(sizes[people] > 1, people, -1)
    raise SystemExit(f"there are not {count} people with two frames each")


def films(pictures: list[RgbImage]) -> Groups:
    """A number from 0 to 2 for each picture: of one camera, one light and one place."""
    from sklearn.cluster import AgglomerativeClustering

    seen = np.array([_look(picture) for picture in pictures])
    return np.asarray(AgglomerativeClustering(min(FILMS, len(seen))).fit_predict(seen))


def _look(picture: RgbImage) -> FloatArray:
    small = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    sharpness = np.log1p(cv2.Laplacian(grey, cv2.CV_32F).var())
    colour = picture.reshape(-1, 3).mean(axis=0)
    return np.concatenate([small.ravel() / 40, [sharpness * 4], colour / 10])


def lay_out(table: Path, split: str, count: int | None, outs: list[Path]) -> None:
    listed = [one for one in read_manifest(table, split=split) if one.bona_fide]
    paths = [one.path.resolve() for one in listed]
    names = [one.subject.zfill(2) for one in listed]
    if count is not None:
        pictures = [Picture(path, "", str(path), split) for path in paths]
        found = collect(pictures, MODELS_DIR, encoder=ENCODER)
        paths = [path for path, face in zip(paths, found.acquired, strict=True) if face]
        people = tell_apart(found.references[found.acquired], count)
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
