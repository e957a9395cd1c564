"""How often a covered face is refused as covered, and how often an honest one is.

The coverings are drawn: masks, scarves, hands and dark glasses of many colours, over the meshes of
real faces that the site would take without them. The data has no faces that are really covered, so
the figures say what the limits in models/quality.json do to drawn ones, and what they cost.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from tqdm import tqdm

from benchmarks.harness.places import MODELS_DIR
from biometrics.engine.faces import quality
from biometrics.engine.faces.detection import FaceDetector
from biometrics.engine.faces.finding import FaceFinder, face_to_judge
from biometrics.engine.faces.landmarks import FaceMesh
from biometrics.engine.images import decode_photo
from biometrics.engine.types import Hint, RgbImage

if TYPE_CHECKING:
    import numpy.typing as npt

    from biometrics.engine.faces.quality import QualityPolicy
    from biometrics.engine.types import Face

    Numbers = npt.NDArray[np.number[Any]]
    Random = np.random.Generator

# Indices of the face mesh: around the jaw from ear to ear, and what closes each covering above it.
JAW = [234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152]
JAW += [377, 400, 378, 379, 365, 397, 288, 361, 323, 454]
ABOVE = {"mask": [454, 280, 195, 50, 234], "scarf": [361, 291, 0, 61, 132]}
ABOVE["hand before the mouth"] = [323, 425, 2, 205, 93]
HALVES = (
    [127, 234, 93, 132, 58, 172, 136, 150, 61, 4, 6, 9, 67],
    [356, 454, 323, 361, 288, 397, 365, 379, 291, 4, 6, 9, 297],
)
EYES = ((33, 133), (362, 263))
MASKS = ((170, 205, 230), (245, 245, 245), (25, 25, 28), (60, 90, 150), (200, 60, 70))
KINDS = (*ABOVE, "hand before an eye", "dark glasses")
# What is added to the photo limits' fields to set the limits back to those that stood before them.
OFF = {
    "min_eye_shade": 0.3,
    "min_eye_contrast": 0.0,
    "min_mouth_edges": 0.0,
    "max_chin_colour": 1e9,
}


def covered(image: RgbImage, face: Face, kind: str, chance: Random) -> RgbImage:
    """Return the picture with the face covered."""
    points = face.landmarks.points[:, :2] if face.landmarks else np.zeros((468, 2), np.float32)
    x, y = points[4].astype(int)
    skin = np.median(image[y - 3 : y + 3, x - 6 : x + 6].reshape(-1, 3), axis=0)
    hand = np.clip(skin * chance.uniform(0.8, 1.15), 0, 255)
    if kind == "dark glasses":
        return _with_glasses(image, points, chance)
    if kind == "hand before an eye":
        return _painted(image, points[HALVES[chance.integers(2)]], hand, 5, chance)
    colour = {"mask": MASKS[chance.integers(len(MASKS))], "scarf": chance.integers(20, 230, 3)}
    outline = np.vstack([points[JAW], points[ABOVE[kind]]])
    return _painted(image, outline, np.asarray(colour.get(kind, hand)), 6, chance)


def _with_glasses(image: RgbImage, points: Numbers, chance: Random) -> RgbImage:
    width = float(np.linalg.norm(points[33] - points[133])) * chance.uniform(0.85, 1.1)
    turn = np.linspace(0, 2 * np.pi, 20)
    round_ = np.stack([np.cos(turn), 0.8 * np.sin(turn)], axis=1) * width
    shade = np.full(3, chance.integers(5, 60))
    for corners in EYES:
        image = _painted(image, points[list(corners)].mean(axis=0) + round_, shade, 3, chance)
    return image


def _painted(
    image: RgbImage, outline: Numbers, colour: Numbers, noise: float, chance: Random
) -> RgbImage:
    """Fill an outline with cloth or skin: a colour with grain, lighter towards one side."""
    inside = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(inside, [outline.astype(np.int32)], 255)
    soft = cv2.GaussianBlur(inside, (5, 5), 0)[..., None] / 255
    light = np.linspace(-15, 15, image.shape[1])[None, :, None]
    layer = np.clip(colour + chance.normal(0, noise, image.shape) + light, 0, 255)
    return RgbImage((image * (1 - soft) + layer * soft).astype(np.uint8))


class Judge:
    """Judges the faces of pictures by the photo limits, with or without the newer ones."""

    def __init__(self) -> None:
        self.finder = FaceFinder(FaceDetector.load(MODELS_DIR), FaceMesh.load(MODELS_DIR))
        self.now = quality.load_policy(MODELS_DIR, "photo")
        self.before: QualityPolicy = replace(self.now, **OFF)

    def __call__(self, image: RgbImage) -> tuple[Face | None, Hint, Hint]:
        """The face, with the hint by today's limits and by those without the newer ones."""
        face = face_to_judge(self.finder.search(image))
        if face is None:
            return None, Hint.NO_FACE, Hint.NO_FACE
        measured = quality.measure(image, face)
        now, before = (quality.judge(measured, limits) for limits in (self.now, self.before))
        return face, now.hint, before.hint


def measure(pictures: list[Path], *, seed: int) -> dict[str, Any]:
    """Counts of honest faces that are refused by the newer limits alone, and of covered faces."""
    judge, chance = Judge(), np.random.default_rng(seed)
    counts: Counter[str] = Counter()
    for path in tqdm(pictures, unit="picture", disable=None):
        image = decode_photo(path.read_bytes(), side=800)
        face, now, before = judge(image)
        if face is None or before is not Hint.NONE:
            continue
        counts["honest"] += 1
        counts["honest, refused"] += now is not Hint.NONE
        for kind in KINDS:
            _face, now, before = judge(covered(image, face, kind, chance))
            counts[kind] += 1
            counts[f"{kind}, refused"] += now is not Hint.NONE
            counts[f"{kind}, refused before"] += before is not Hint.NONE
    return dict(counts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="+", help="folders with pictures of faces")
    parser.add_argument("--pattern", default="*.jpg", help="which files of the folders")
    parser.add_argument("--most", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    pictures = sorted(path for folder in options.data for path in folder.rglob(options.pattern))
    random.Random(options.seed).shuffle(pictures)
    counts = measure(pictures[: options.most], seed=options.seed)
    print(json.dumps(counts, indent=2))  # noqa: T201


if __name__ == "__main__":
    main()
