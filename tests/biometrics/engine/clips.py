"""The research films of three people who turn their heads before a camera."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.engine.types import BgrImage
from tests.support.still_films import jpeg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BONA_FIDE_CLIPS = {
    "a": "person_a/bona_fide.webm",
    "b": "person_b/bona_fide.mp4",
    "c": "person_c/bona_fide.mp4",
}


def every_frame(path: Path, *, every: int) -> Iterator[BgrImage]:
    """The first frame of a film, and then one of `every` frames."""
    film = cv2.VideoCapture(str(path))
    number = 0
    try:
        while film.grab():
            if number % every == 0:
                yield BgrImage(np.asarray(film.retrieve()[1], np.uint8))
            number += 1
    finally:
        film.release()


def scaled_jpeg(image: BgrImage, *, longer_side: int = 640, quality: int = 85) -> bytes:
    """The picture as a browser sends it, its longer side scaled to `longer_side` pixels."""
    scale = longer_side / max(image.shape[:2])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return jpeg(BgrImage(np.asarray(small, np.uint8)), quality)
