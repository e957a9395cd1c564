"""Pictures out of video files, and their JPEGs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.engine.types import BgrImage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def pictures_of(clip: Path) -> Iterator[BgrImage]:
    """Every picture of a clip: (height, width, 3) uint8, BGR. SystemExit if it cannot be read."""
    reader = cv2.VideoCapture(str(clip))
    if not reader.isOpened():
        raise SystemExit(f"{clip} cannot be read")
    while True:
        more, image = reader.read()
        if not more:
            return
        yield BgrImage(np.asarray(image, dtype=np.uint8))


def scaled(image: BgrImage, *, longer_side: int) -> BgrImage:
    """The same picture with its longer side `longer_side` pixels long."""
    scale = longer_side / max(image.shape[:2])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return BgrImage(np.asarray(small, dtype=np.uint8))


def read_picture(path: Path) -> BgrImage:
    """The picture of a file: (height, width, 3) uint8, BGR. SystemExit if it cannot be read."""
    image = cv2.imread(str(path))
    if image is None:
        raise SystemExit(f"{path} cannot be read")
    return BgrImage(np.asarray(image, dtype=np.uint8))
