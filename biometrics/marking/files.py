"""Pictures and videos in, the same with marked faces out: to a temporary name, then renamed."""

from __future__ import annotations

import math
import secrets
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.engine import MAX_PIXELS
from biometrics.engine.errors import ImageRefused
from biometrics.engine.images import decode_photo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from biometrics.engine.types import ImageArray

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
PICTURE_SIDE = 4000
# Smaller pictures are enlarged, or the captions would not fit.
MIN_PICTURE_SIDE = 800
DEFAULT_RATE = 25.0


@dataclass(frozen=True, slots=True)
class Frames:
    """A video that can be read: `count` is what its header claims, 0 if it does not say.

    A camera's ends after `seconds`.
    """

    capture: cv2.VideoCapture
    count: int
    rate: float
    width: int
    height: int
    seconds: float = math.inf

    def __iter__(self) -> Iterator[ImageArray]:
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            there, frame = self.capture.read()
            if not there:
                return
            yield np.asarray(frame, dtype=np.uint8)


class MediaRefused(ValueError):
    """The input cannot be read or the output cannot be written; the text names the file."""


def is_picture(path: Path) -> bool:
    return path.suffix.lower() in PICTURES


def read_picture(path: Path) -> ImageArray:
    """A BGR picture, upright."""
    try:
        rgb = decode_photo(path.read_bytes(), side=PICTURE_SIDE)
    except ImageRefused as refusal:
        raise MediaRefused(f"{path}: {refusal}") from None
    except OSError as error:
        raise MediaRefused(f"{path}: {error.strerror}") from None
    bgr = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
    factor = MIN_PICTURE_SIDE / max(bgr.shape[:2])
    if factor > 1:
        bgr = cv2.resize(bgr, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    return np.asarray(bgr, dtype=np.uint8)


@contextmanager
def open_video(path: Path) -> Iterator[Frames]:
    if not path.is_file():
        raise MediaRefused(f"{path}: no such file")
    with _opened(str(path), f"{path}: neither a picture nor a video that can be read") as frames:
        yield frames


@contextmanager
def open_camera(number: int, seconds: float) -> Iterator[Frames]:
    """A camera of this computer, for so long."""
    with _opened(number, f"camera {number} cannot be opened") as frames:
        yield replace(frames, seconds=seconds)


@contextmanager
def _opened(source: str | int, refusal: str) -> Iterator[Frames]:
    capture = cv2.VideoCapture(source)
    try:
        width = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH))
        height = int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
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


def write_picture(path: Path, image: ImageArray) -> None:
    done, data = cv2.imencode(path.suffix.lower(), image)
    if not done:
        raise MediaRefused(f"{path}: the picture could not be written")
    with replacing(path) as draft:
        draft.write_bytes(data.tobytes())


def write_video(path: Path, frames: Frames, mark: Callable[[ImageArray], None]) -> int:
    """Marks every frame in place and writes an mp4; returns how many there were."""
    written = 0
    with replacing(path) as draft:
        size = frames.width, frames.height
        writer = cv2.VideoWriter(str(draft), cv2.VideoWriter.fourcc(*"mp4v"), frames.rate, size)
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
    """OpenCV's writer keeps silent about a full disk; what it left behind does not."""
    capture = cv2.VideoCapture(str(video))
    try:
        return int(capture.get(cv2.CAP_PROP_FRAME_COUNT)) if capture.isOpened() else 0
    finally:
        capture.release()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A draft beside `path` that takes its name only if nothing was raised."""
    if not path.parent.is_dir():
        raise MediaRefused(f"{path.parent}: no such folder")
    draft = path.with_name(f".{path.stem}.{secrets.token_hex(4)}{path.suffix}")
    try:
        yield draft
        draft.replace(path)
    except OSError as error:
        raise MediaRefused(f"{path}: {error.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)
