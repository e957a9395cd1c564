"""How surely shut eyes are told from open ones, and whether blinks in passing answer the cue.

    python benchmarks/shut_eyes.py [FOLDER...] [--clips CLIP...] [--json]

Each FOLDER has a folder for each person, as LFW has, or as benchmarks/people_of_frames.py lays
frames out. Eyes are compared with the median of the same person's other pictures, three at the
least, as on the site with the frames that matched before. benchmarks/eyes.csv says which pictures,
looked at one by one, show both eyes `shut`, or something `between`: lids half way, eyes that look
down, or too little to see; all others count as open, those behind glasses too. Clips are seen as
often as the page sends frames, with every start; a row of shut eyes long enough answers a cue.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2

from benchmarks.finding import MODELS_DIR, frames
from biometrics.engine.detection import FaceDetector
from biometrics.engine.eyes import EyeContours
from biometrics.engine.finding import FaceFinder, the_one
from biometrics.engine.images import decode_photo
from biometrics.engine.landmarks import FaceMesh
from biometrics.engine.metrics import rate
from biometrics.engine.pad.cues import BLINK
from biometrics.engine.pad.movements import HOLD_FRAMES, SHUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from biometrics.engine.types import Box, ImageArray

LABELS = Path(__file__).with_name("eyes.csv")
OPEN = "open"
LEAST_PICTURES = 4
# A camera's pictures between two frames that the page sends.
STRIDE = 3
# Open eyes stay above this share of what they were; shut ones below it answer.
MOST_OPEN = 1 - (BLINK.target - SHUT.tolerance)


class Eyes:
    """How far they are open in a picture; None where there is not one face."""

    def __init__(self) -> None:
        self._finder = FaceFinder(FaceDetector.load(MODELS_DIR), FaceMesh.load(MODELS_DIR))
        self._contours = EyeContours.load(MODELS_DIR)

    def seen(
        self, image: ImageArray, previous: Box | None = None
    ) -> tuple[float | None, Box | None]:
        face = the_one(self._finder.find(image, previous=previous))
        if face is None or face.landmarks is None:
            return None, None
        return self._contours.openness(image, face.landmarks), face.box


def pictures(folder: Path, eyes: Eyes, labels: dict[str, str]) -> Iterator[tuple[str, bool]]:
    """The label of each picture, and whether its eyes would count as shut."""
    for person in sorted(one for one in folder.iterdir() if one.is_dir()):
        files = sorted(one.resolve() for one in person.rglob("*.jpg"))
        if len(files) < LEAST_PICTURES:
            continue
        seen = {file: eyes.seen(decode_photo(file.read_bytes()))[0] for file in files}
        known = {file: share for file, share in seen.items() if share is not None}
        for file, share in known.items():
            others = [other for name, other in known.items() if name != file]
            if len(others) >= LEAST_PICTURES - 1:
                label = labels.get("/".join(file.parts[-4:]), OPEN)
                yield label, share <= MOST_OPEN * median(others)


def labelled() -> dict[str, str]:
    """By the last four parts of the path, which tell these sets' pictures apart."""
    with LABELS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {"/".join(Path(row["file"]).parts[-4:]): row["eyes"] for row in rows}


def clip_rows(clip: Path, eyes: Eyes) -> dict[str, Any]:
    """Longest rows of shut eyes, at the camera's pace and at the page's."""
    shares: list[float | None] = []
    previous: Box | None = None
    for image in frames(clip):
        share, previous = eyes.seen(image, previous)
        shares.append(share)
    usual = median(share for share in shares if share is not None)
    shut = [share is not None and share <= MOST_OPEN * usual for share in shares]
    return {
        "frames": len(shut),
        "shut": sum(shut),
        "blinks": len(rows_of(shut)),
        "longest_at_the_pages_pace": max(
            max(rows_of(shut[start::STRIDE]), default=0) for start in range(STRIDE)
        ),
        "answers": sum(
            row >= HOLD_FRAMES for start in range(STRIDE) for row in rows_of(shut[start::STRIDE])
        ),
    }


def rows_of(shut: Sequence[bool]) -> list[int]:
    """The length of each run of shut eyes."""
    found = [0]
    for one in shut:
        if one:
            found[-1] += 1
        elif found[-1]:
            found.append(0)
    return [row for row in found if row]


def measure(folders: Sequence[Path], clips: Sequence[Path]) -> dict[str, Any]:
    cv2.setNumThreads(1)
    eyes, labels = Eyes(), labelled()
    report: dict[str, Any] = {"folders": {}, "clips": {}}
    for folder in folders:
        tally = Counter(pictures(folder, eyes, labels))
        kinds = sorted({label for label, _ in tally})
        report["folders"][folder.name] = {
            kind: asdict(rate(tally[kind, True], tally[kind, True] + tally[kind, False]))
            for kind in kinds
        }
    for clip in clips:
        report["clips"]["/".join(clip.parts[-2:])] = clip_rows(clip, eyes)
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="*", metavar="FOLDER")
    parser.add_argument("--clips", type=Path, nargs="*", default=[], metavar="CLIP")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report = measure(options.folders, options.clips)
    if options.json:
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
        return
    for name, kinds in report["folders"].items():
        for kind, one in kinds.items():
            sys.stdout.write(
                f"{name}, {kind}: {one['errors']} of {one['trials']} count as shut "
                f"({one['low']:.1%} to {one['high']:.1%})\n"
            )
    for name, one in report["clips"].items():
        sys.stdout.write(
            f"{name}: {one['blinks']} blinks in {one['frames']} pictures; at the page's pace at "
            f"most {one['longest_at_the_pages_pace']} in a row, {one['answers']} answers\n"
        )


if __name__ == "__main__":
    main()
