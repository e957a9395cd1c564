"""manage.py try_liveness VIDEO: draws into each frame what the site would say about it."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from biometrics.engine.errors import ArtifactRefused
from biometrics.engine_loader import engine
from biometrics.marking import files
from biometrics.marking.faces import GREEN, RED, as_frame
from biometrics.marking.files import MediaRefused

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from biometrics.engine.types import BgrImage, FrameResult
    from biometrics.marking.files import Frames


class Command(BaseCommand):
    help = (
        "Judges each frame as a login would, without comparing the face with anybody. Writes the "
        "hint, the liveness score and the number of good frames in a row into a copy of the film."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("media", nargs="?", type=Path, metavar="VIDEO")
        parser.add_argument("--camera", type=int, help="a camera of this computer, by number")
        parser.add_argument("--seconds", type=float, default=20, help="how long from a camera")
        parser.add_argument("--out", type=Path, metavar="FILE", help="default: <input>-tried.mp4")

    def handle(self, *, media: Path | None, camera: int | None, **options: Any) -> None:
        if (media is None) == (camera is None):
            raise CommandError("name a film, or a camera, and not both", returncode=2)
        try:
            if media is not None:
                out = options["out"] or media.with_name(f"{media.stem}-tried.mp4")
                files.require_writable(out, picture=False)
                with files.open_video(media) as frames:
                    self._run(frames, out)
            elif camera is not None:
                out = options["out"] or Path(f"camera-{camera}-tried.mp4")
                files.require_writable(out, picture=False)
                with files.open_camera(camera, options["seconds"]) as frames:
                    self._run(frames, out)
        except (MediaRefused, ArtifactRefused) as refusal:
            raise CommandError(str(refusal), returncode=2) from None

    def _run(self, frames: Frames, out: Path) -> None:
        watcher = Watcher()
        with tqdm(total=frames.count or None, unit="frame", file=sys.stderr, disable=None) as bar:

            def mark(frame: BgrImage) -> None:
                watcher.mark(frame)
                bar.update()

            files.write_video(out, frames, mark)
        self.stdout.write(f"{out} is written")
        for word, number in watcher.words.most_common():
            self.stdout.write(f"{word}: {number} frames")
        self.stdout.write(f"longest row of good frames: {watcher.longest}")


class Watcher:
    """Judges one frame after the other, and counts the good frames in a row."""

    def __init__(self) -> None:
        self.engine, self.row, self.longest = engine(), 0, 0
        self.words: Counter[str] = Counter()

    def mark(self, image: BgrImage) -> None:
        """Judge one frame and write the verdict into it. Raises ImageRefused if it cannot."""
        frame = self.engine.process(as_frame(image))
        word = _word(frame)
        self.row = self.row + 1 if word == "bona fide" else 0
        self.longest = max(self.longest, self.row)
        self.words[word] += 1
        _draw(image, frame, f"{word}  {self.row}/{settings.FRAMES_NEEDED}", good=self.row > 0)


def _word(frame: FrameResult) -> str:
    if not frame.quality.acceptable:
        return str(frame.quality.hint)
    if frame.pad is None:
        return "not judged"
    return "bona fide" if frame.pad.bona_fide else "presentation attack"


def _draw(image: BgrImage, frame: FrameResult, words: str, *, good: bool) -> None:
    colour, thick = GREEN if good else RED, max(1, round(max(image.shape[:2]) / 500))
    if frame.face is not None:
        scale, box = image.shape[1] / frame.width, frame.face.box
        corners = [int(edge * scale) for edge in (box.left, box.top, box.right, box.bottom)]
        cv2.rectangle(image, tuple(corners[:2]), tuple(corners[2:]), colour, thick)
    if frame.pad is not None:
        words += f"  {frame.pad.score:.2f}"
    at = (8, 24 * thick)
    cv2.putText(image, words, at, cv2.FONT_HERSHEY_SIMPLEX, 0.6 * thick, colour, thick, cv2.LINE_AA)
