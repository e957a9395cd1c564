"""Shows the faces whose eyes are much darker than their cheeks, to be looked at by a person.

A lamp above, a brim and dark glasses all shade the eyes. No file says which of them is to be seen,
so the study draws the faces on one sheet, with what was measured, and a person counts.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from tqdm import tqdm

from benchmarks.harness.places import MODELS_DIR
from biometrics.engine.faces import quality
from biometrics.engine.faces.alignment import ARCFACE, align
from biometrics.engine.faces.detection import FaceDetector
from biometrics.engine.faces.finding import FaceFinder, face_to_judge
from biometrics.engine.faces.landmarks import FaceMesh
from biometrics.engine.images import decode_photo

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from biometrics.engine.faces.quality import Measurements, QualityPolicy
    from biometrics.engine.types import PixelArray

SIDE, COLUMNS = 168, 10
WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def measured_faces(pictures: Sequence[Path]) -> Iterator[tuple[Measurements, PixelArray]]:
    """What is measured on the face of each picture that has one, and the face: SIDE x SIDE, RGB."""
    finder = FaceFinder(FaceDetector.load(MODELS_DIR), FaceMesh.load(MODELS_DIR))
    for path in tqdm(pictures, unit="picture", disable=None):
        image = decode_photo(path.read_bytes(), side=800)
        face = face_to_judge(finder.search(image))
        if face is not None and face.landmarks is not None:
            crop = cv2.resize(align(image, face.landmarks, ARCFACE), (SIDE, SIDE))
            yield quality.measure(image, face), np.asarray(crop, np.uint8)


def shows_structure(face: Measurements, limits: QualityPolicy) -> bool:
    """Whether the eyes are in shade and yet not even, as a hand or a plain dark glass is."""
    return face.eye_shade < limits.min_eye_shade and face.eye_contrast >= limits.max_shaded_contrast


def sheet(faces: Sequence[tuple[Measurements, PixelArray]]) -> PixelArray:
    """The faces in rows, the darkest below the eyes first. RGB."""
    rows = -(-len(faces) // COLUMNS)
    whole = np.zeros((rows * SIDE, COLUMNS * SIDE, 3), np.uint8)
    for number, (face, crop) in enumerate(sorted(faces, key=lambda item: item[0].below_eyes)):
        top, left = number // COLUMNS * SIDE, number % COLUMNS * SIDE
        tile = crop.copy()
        words = f"{face.eye_shade:.2f} {face.eye_contrast:.2f} {face.below_eyes:.2f}"
        cv2.rectangle(tile, (0, 0), (110, 14), BLACK, cv2.FILLED)
        cv2.putText(tile, words, (2, 11), cv2.FONT_HERSHEY_SIMPLEX, 0.38, WHITE, 1)
        whole[top : top + SIDE, left : left + SIDE] = tile
    return whole


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="+", help="folders with pictures of faces")
    parser.add_argument("--skip", type=int, default=0, help="leave out the first ones")
    parser.add_argument("--most", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--sheet", type=Path, required=True, help="the picture to write")
    options = parser.parse_args()
    pictures = sorted(path for folder in options.data for path in folder.rglob("*.jpg"))
    random.Random(options.seed).shuffle(pictures)
    limits = quality.load_policy(MODELS_DIR, "photo")
    faces = list(measured_faces(pictures[options.skip : options.skip + options.most]))
    shaded = [item for item in faces if shows_structure(item[0], limits)]
    if shaded:
        cv2.imwrite(str(options.sheet), cv2.cvtColor(sheet(shaded), cv2.COLOR_RGB2BGR))
    refused = sum(face.below_eyes < limits.min_below_eyes for face, _crop in shaded)
    counts = {"faces": len(faces), "shaded": len(shaded), "refused as covered": refused}
    print(json.dumps(counts, indent=2))  # noqa: T201


if __name__ == "__main__":
    main()
