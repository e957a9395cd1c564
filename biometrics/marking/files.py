"""Reads pictures, videos and cameras, and writes pictures and videos with marked faces."""

from __future__ import annotations

import math
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.engine import MAX_PIXELS
from biometrics.engine.errors import ImageRefused
from biometrics.engine.film import as_shown, open_film, shown_size
from biometrics.engine.images import decode_photo, to_bgr
from biometrics.engine.types import BgrImage
from biometrics.engine.whole_files import replacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PICTURES_WRITTEN = frozenset({".jpg", ".jpeg", ".png", ".webp"})
PICTURES = PICTURES_WRITTEN | {".jfif", ".heic", ".heif"}
FILM_WRITTEN = ".mp4"
PICTURE_SIDE = 4000
# Smaller pictures are enlarged, because the captions would not fit into them.
MIN_PICTURE_SIDE = 800
# In frames per second, for a video that does not name its rate.
DEFAULT_RATE = 25.0


@dataclass(frozen=True, slots=True)
class Frames:
    """An open video or camera; iterating yields its frames.

    `count` is the number of frames in the video's header, 0 if it does not say. `rate` is in
    frames per second. A camera stops after `seconds`.
    """

    capture: cv2.VideoCapture
    count: int
    rate: float
    width: int
    height: int
    seconds: float = math.inf

    def __iter__(self) -> Iterator[BgrImage]:
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            success, frame = self.capture.read()
            if not success:
                return
            yield as_shown(frame, (self.width, self.height))


class MediaRefused(ValueError):
    """The input cannot be read or the output cannot be written; the text says which file."""


def is_picture(path: Path) -> bool:
    return path.suffix.lower() in PICTURES


def beside(media: Path, mark: str) -> Path:
    """Return where the result is written if nobody says where: FILE-MARK beside the input."""
    suffix = media.suffix.lower()
    if not is_picture(media):
        suffix = FILM_WRITTEN
    elif suffix not in PICTURES_WRITTEN:
        suffix = ".jpg"
    return media.with_name(f"{media.stem}-{mark}{suffix}")


def require_writable(out: Path, *, picture: bool) -> None:
    """Raises MediaRefused if nothing of this kind can be written there, before any work is done."""
    fitting = PICTURES_WRITTEN if picture else {FILM_WRITTEN}
    if out.is_dir():
        raise MediaRefused(f"{out} is a folder; name a file")
    if out.suffix.lower() not in fitting:
        kind = "a picture" if picture else "a film"
        raise MediaRefused(
            f"{out}: {kind} is written to a file with {' or '.join(sorted(fitting))}"
        )
    if not out.parent.is_dir():
        raise MediaRefused(f"{out.parent}: no such folder")


def read_picture(path: Path) -> BgrImage:
    """Read a picture and turn it upright by its EXIF orientation.

    Its longer side has 800 to 4000 pixels. Raises MediaRefused if it cannot be read.
    """
    try:
        rgb = decode_photo(path.read_bytes(), side=PICTURE_SIDE)
    except ImageRefused as refusal:
        raise MediaRefused(f"{path}: {refusal}") from None
    except OSError as error:
        raise MediaRefused(f"{path}: {error.strerror}") from None
    bgr = to_bgr(rgb)
    factor = MIN_PICTURE_SIDE / max(bgr.shape[:2])
    if factor <= 1:
        return bgr
    larger = cv2.resize(bgr, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    return BgrImage(np.asarray(larger, dtype=np.uint8))


@contextmanager
def open_video(path: Path) -> Iterator[Frames]:
    """Open a video file. Raises MediaRefused if it does not exist or cannot be read."""
    if not path.is_file():
        raise MediaRefused(f"{path}: no such file")
    with _opened(
        open_film(path), f"{path}: neither a picture nor a video that can be read"
    ) as frames:
        yield frames


@contextmanager
def open_camera(number: int, seconds: float) -> Iterator[Frames]:
    """Open a camera of this computer, for `seconds`. Raises MediaRefused if it cannot be opened."""
    with _opened(cv2.VideoCapture(number), f"camera {number} cannot be opened") as frames:
        yield replace(frames, seconds=seconds)


@contextmanager
def _opened(capture: cv2.VideoCapture, refusal: str) -> Iterator[Frames]:
    try:
        width, height = shown_size(capture)
        if not capture.isOpened() or not 0 < width * height <= MAX_PIXELS:
            raise MediaRefused(refusal)
        rate = capture.get(cv2.CAP_PROP_FPS)
        yield Frames(
            capture=capture,
            count=max(0, int(capture.get(cv2.CAP_PROP_FRAME_COUNT))),
            rate=rate if 1 <= rate <= 240 else DEFAULT_RATE,
            width=width,
            height=height,
        )
    finally:
        capture.release()


def write_picture(path: Path, image: BgrImage) -> None:
    """Write a picture in the format of the path's suffix. Raises MediaRefused if it cannot."""
    done, data = cv2.imencode(path.suffix.lower(), image)
    if not done:
        raise MediaRefused(f"{path}: the picture could not be written")
    with _draft(path) as draft:
        draft.write_bytes(data.tobytes())


def write_video(path: Path, frames: Frames, mark: Callable[[BgrImage], None]) -> int:
    """Write the frames to an mp4, and return how many there were.

    `mark` is called with each frame and draws into it. Raises MediaRefused if there is no frame
    or if the video cannot be written.
    """
    written = 0
    with _draft(path) as draft:
        size = frames.width, frames.height
        writer = cv2.VideoWriter(
            str(draft.absolute()), cv2.VideoWriter.fourcc(*"mp4v"), frames.rate, size
        )
        if not writer.isOpened():
            raise MediaRefused(f"{path}: the video could not be written")
        try:
            for frame in frames:
                mark(frame)
                writer.write(frame)
                written += 1
        finally:
            writer.release()
        if not written:
            raise MediaRefused("the video holds no frame that can be read")
        if _frames_in(draft) < written:
            raise MediaRefused(f"{path}: the video could not be written; is the disk full?")
    return written


def _frames_in(video: Path) -> int:
    """Count the frames that were written: OpenCV's writer does not report a full disk."""
    capture = open_film(video)
    try:
        return int(capture.get(cv2.CAP_PROP_FRAME_COUNT)) if capture.isOpened() else 0
    finally:
        capture.release()


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """Yield a draft that becomes `path`, see `replacing`; any OSError becomes MediaRefused."""
    try:
        with replacing(path) as draft:
            yield draft
    except OSError as error:
        raise MediaRefused(f"{path}: {error.strerror}") from None
