"""In how many frames of clips a face is found, by how far the head is turned.

    python benchmarks/studies/finding.py CLIP... [--json]

Frames follow each other as on the site: where a face was helps to find it again. A frame without a
face counts with the turn of the last face seen: that is where it was lost.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2

from biometrics.engine.faces.detection import FaceDetector
from biometrics.engine.faces.finding import FaceFinder, face_to_judge
from biometrics.engine.faces.landmarks import FaceMesh
from biometrics.engine.images import to_rgb
from biometrics.engine.matching.metrics import rate
from biometrics.engine.types import BgrImage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from biometrics.engine.types import RgbImage

MODELS_DIR = Path(__file__).resolve().parents[1] / "models"
LONGER_SIDE = 640
# Degrees of yaw up to which a frame counts in a row.
TURNS = (15, 30, 45, 90)


def frames(clip: Path) -> Iterator[RgbImage]:
    reader = cv2.VideoCapture(str(clip))
    if not reader.isOpened():
        raise SystemExit(f"{clip} cannot be read")
    while True:
        more, image = reader.read()
        if not more:
            return
        scale = LONGER_SIDE / max(image.shape[:2])
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        yield to_rgb(BgrImage(small))


def looked_through(clip: Path, finder: FaceFinder) -> list[tuple[float, bool]]:
    """The turn of the head in each frame, and whether it was found."""
    seen, previous, turn = [], None, 0.0
    for image in frames(clip):
        face = face_to_judge(finder.find(image, previous=previous))
        if face is not None and face.pose is not None:
            turn, previous = abs(face.pose.yaw), face.box
        seen.append((turn, face is not None))
    return seen


def by_turn(seen: list[tuple[float, bool]]) -> dict[str, dict[str, float]]:
    rows, low = {}, 0
    for high in TURNS:
        found = [hit for turn, hit in seen if low <= turn < high]
        if found:
            rows[f"{low} to {high} degrees"] = _row(found)
        low = high
    rows["up to 45 degrees"] = _row([hit for turn, hit in seen if turn < 45])
    return rows


def _row(found: list[bool]) -> dict[str, float]:
    share = rate(sum(found), len(found))
    return {"frames": len(found), "found": share.value, "low": share.low, "high": share.high}


def main() -> None:
    parser = argparse.ArgumentParser(description="Share of frames in which a face is found.")
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    finder = FaceFinder(FaceDetector.load(MODELS_DIR), FaceMesh.load(MODELS_DIR))
    seen = {str(clip): looked_through(clip, finder) for clip in options.clips}
    figures = {name: by_turn(one) for name, one in seen.items()}
    figures["all"] = by_turn([frame for one in seen.values() for frame in one])
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    for name, rows in figures.items():
        print(name)
        for turn, row in rows.items():
            bounds = f"[{row['low']:.1%}, {row['high']:.1%}]"
            print(f"  {turn:20} {row['frames']:6} frames   found {row['found']:7.2%} {bounds}")


if __name__ == "__main__":
    main()
