"""What the face mesh sees of perspective when a head, or a flat picture of one, comes closer.

    python benchmarks/perspective.py LFW [--people 150] [--json]

Simulated: each photo's mesh with its depth stands 50 cm before a pinhole camera and comes closer,
its picture with it; the flat picture is only enlarged. Noise and a shaking hand are added, and
three frames looked at, as in a hold. Near by, what lies in front grows faster than what lies
behind: for the distance of the outer corners of the eyes over that of the cheeks by the ears, which
separated best of seven, the change from before is told, and how well it tells the two apart.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import numpy as np

from benchmarks.finding import MODELS_DIR
from biometrics.engine.detection import FaceDetector
from biometrics.engine.finding import FaceFinder, the_one
from biometrics.engine.images import decode_photo
from biometrics.engine.landmarks import (
    CHEEK_LEFT,
    CHEEK_RIGHT,
    EYE_LEFT_OUTER,
    EYE_RIGHT_OUTER,
    FaceMesh,
)
from biometrics.engine.metrics import equal_error_rate
from biometrics.engine.pad.cues import TARGETS, CueKind
from biometrics.engine.pad.movements import HOLD_FRAMES
from biometrics.training.liveness_report import area_under_curve
from biometrics.training.puppet import Puppet

if TYPE_CHECKING:
    from biometrics.engine.types import FloatArray, ImageArray, Landmarks

DISTANCE_CM, FACE_CM = 50.0, 14.0
SIZES = (*TARGETS[CueKind.COME_CLOSER], 1.7)
SIDE, MARGIN = 400, (40, 40, 120, 120)
MAX_TURN = 12


def across(landmarks: Landmarks) -> float:
    """The outer corners' distance over the cheeks', logarithm."""
    points = landmarks.points[:, :2]
    eyes, cheeks = (
        np.linalg.norm(points[one] - points[other])
        for one, other in ((EYE_LEFT_OUTER, EYE_RIGHT_OUTER), (CHEEK_LEFT, CHEEK_RIGHT))
    )
    return float(np.log(eyes / cheeks))


def held(picture: ImageArray, rng: np.random.Generator) -> ImageArray:
    """The same as a camera in a hand has it."""
    height, width = picture.shape[:2]
    shift = np.float32([[1, 0, rng.normal(0, 2)], [0, 1, rng.normal(0, 2)]])
    moved = cv2.warpAffine(picture, shift, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.clip(moved + rng.normal(0, 4, moved.shape), 0, 255).astype(np.uint8)


def change(picture: ImageArray, finder: FaceFinder, rng: np.random.Generator) -> float | None:
    """What a hold of frames shows, in the median; None where the face was lost in one."""
    seen = []
    for _ in range(HOLD_FRAMES):
        face = the_one(finder.find(held(picture, rng)))
        if face is None or face.landmarks is None:
            return None
        seen.append(across(face.landmarks))
    return median(seen)


def measure(lfw: Path, people: int) -> dict[str, Any]:
    finder = FaceFinder(FaceDetector.load(MODELS_DIR), FaceMesh.load(MODELS_DIR))
    rng = np.random.default_rng(4)
    files = sorted(lfw.glob("*/*_0001.jpg"))
    found: dict[float, tuple[list[float], list[float]]] = {size: ([], []) for size in SIZES}
    left = people
    for place in rng.permutation(len(files)):
        photo = cv2.resize(decode_photo(files[place].read_bytes()), (SIDE, SIDE))
        picture = np.asarray(cv2.copyMakeBorder(photo, *MARGIN, cv2.BORDER_REPLICATE), np.uint8)
        face = the_one(finder.find(picture))
        if face is None or face.landmarks is None or not face.pose or abs(face.pose.yaw) > MAX_TURN:
            continue
        head, before = Puppet.of(picture, face.landmarks), across(face.landmarks)
        for size, rows in found.items():
            distance = DISTANCE_CM / FACE_CM
            pictures = head.closer(size, distance=distance), head.turned(yaw=0, pitch=0, size=size)
            for changes, one in zip(rows, pictures, strict=True):
                after = change(one, finder, rng)
                if after is not None:
                    changes.append(after - before)
        left -= 1
        if not left:
            break
    return {f"{size}": row(*map(np.array, rows)) for size, rows in found.items()}


def row(heads: FloatArray, flat: FloatArray) -> dict[str, Any]:
    return {
        "heads": len(heads),
        "flat": len(flat),
        "change_of_heads": round(float(heads.mean()), 4),
        "change_of_flat": round(float(flat.mean()), 4),
        "spread": round(float(flat.std()), 4),
        "auc": round(float(area_under_curve(heads, flat)), 3),
        "eer": round(float(equal_error_rate(heads, flat).value), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lfw", type=Path)
    parser.add_argument("--people", type=int, default=150)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report = measure(options.lfw, options.people)
    if options.json:
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
        return
    for size, one in report.items():
        told = f"{size:>5} times: heads {one['change_of_heads']:+.3f}, "
        told += f"flat {one['change_of_flat']:+.3f}, spread {one['spread']:.3f}; "
        sys.stdout.write(f"{told}AUC {one['auc']:.3f}, EER {one['eer']:.1%}\n")


if __name__ == "__main__":
    main()
