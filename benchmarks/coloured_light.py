"""How much light of the page a camera must see on a face, and what passes without any.

    python benchmarks/coloured_light.py CLIP... [--trials 300] [--json]

Real frames, ten a second, from random places of the clips on; the light is simulated: the face's
pixels are brightened in the page's colours by a share of their own light, what surrounds it by a
tenth of that. The frames are encoded and judged as on the site. A camera's white balance, which
works against the light, is not simulated. People who move and turn are all there is in the clips;
on the site they are told to hold still.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import numpy as np

from benchmarks.finding import MODELS_DIR, frames
from biometrics.engine.detection import FaceDetector
from biometrics.engine.finding import FaceFinder, the_one
from biometrics.engine.images import decode_frame
from biometrics.engine.landmarks import FaceMesh
from biometrics.engine.metrics import rate
from biometrics.engine.pad import coloured_light
from biometrics.engine.pad.coloured_light import COLOURS, FRAMES_PER_COLOUR
from biometrics.engine.tint import tint
from biometrics.training.lighting import lit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from biometrics.engine.types import FloatArray, ImageArray

# Of a camera's pictures.
EVERY = 3
SHARES = (0.0, 0.02, 0.05, 0.1, 0.2)
JPEG_QUALITY = 85
WHOLE = COLOURS * FRAMES_PER_COLOUR


class Clip:
    def __init__(self, path: Path, finder: FaceFinder) -> None:
        self.name = "/".join(path.parts[-2:])
        self._frames: list[tuple[ImageArray, Any]] = []
        previous = None
        for number, image in enumerate(frames(path)):
            if number % EVERY:
                continue
            face = the_one(finder.find(image, previous=previous))
            previous = face.box if face else None
            self._frames.append((image, face.landmarks if face else None))

    @property
    def long_enough(self) -> bool:
        return len(self._frames) >= WHOLE

    def fits(self, share: float, rng: np.random.Generator) -> bool:
        """Whether a session from a random place on takes on the light."""
        light = coloured_light.begin(rng.bytes(32), shown=0, now=0.0)
        start = int(rng.integers(len(self._frames) - WHOLE + 1))
        for image, landmarks in self._frames[start : start + WHOLE]:
            colour = light.shown(0.0).colour
            seen = _tint(image, landmarks, share * coloured_light.EMITTED[colour])
            light = coloured_light.answer(light, seen, step=light.number)
        return coloured_light.fits(light)


def _tint(image: ImageArray, landmarks: Any, light: FloatArray) -> FloatArray | None:
    if landmarks is None:
        return None
    shown = lit(image, landmarks.points[:, :2], light) if light.any() else image
    bgr = cv2.cvtColor(shown, cv2.COLOR_RGB2BGR)
    jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()
    return tint(decode_frame(jpeg), landmarks)


def measure(clips: Sequence[Path], trials: int) -> dict[str, Any]:
    finder = FaceFinder(FaceDetector.load(MODELS_DIR), FaceMesh.load(MODELS_DIR))
    report: dict[str, Any] = {}
    for path in clips:
        clip = Clip(path, finder)
        if not clip.long_enough:
            continue
        rng = np.random.default_rng(7)
        report[clip.name] = {
            f"{share}": asdict(rate(sum(clip.fits(share, rng) for _ in range(trials)), trials))
            for share in SHARES
        }
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", type=Path, nargs="+", metavar="CLIP")
    parser.add_argument("--trials", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report = measure(options.clips, options.trials)
    if options.json:
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
        return
    for name, rows in report.items():
        told = ", ".join(
            f"{float(share):.0%}: {row['errors']} of {row['trials']}" for share, row in rows.items()
        )
        sys.stdout.write(f"{name}: fits with light of {told}\n")


if __name__ == "__main__":
    main()
