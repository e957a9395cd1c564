"""Films of a photograph that is held before a camera by a hand or by a stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.engine.images import encode_jpeg
from biometrics.engine.types import BgrImage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.support.public_faces import Photo

WIDTH, HEIGHT = 640, 480
# The frame is four times as high as the face is wide.
FACES_HIGH = 4.0
# The standard deviation of a pixel's value.
NOISE = 1.0
SHIFT_PIXELS, TILT_DEGREES, ZOOM = 4.0, 1.5, 0.03


def frame(
    photo: Photo,
    *,
    nearer: float = 1.0,
    shift: tuple[float, float] = (0.0, 0.0),
    tilt: float = 0.0,
) -> BgrImage:
    """What a camera sees, of shape (480, 640, 3); `tilt` is in degrees, `shift` in pixels."""
    x, y, width = photo.face
    scale = nearer * HEIGHT / (FACES_HIGH * width)
    move = cv2.getRotationMatrix2D((x, y), tilt, scale)
    move[:, 2] += np.array((WIDTH / 2 - x + shift[0], HEIGHT / 2 - y + shift[1]))
    seen = cv2.warpAffine(
        photo.image(), move, (WIDTH, HEIGHT), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    return BgrImage(np.asarray(seen, np.uint8))


def film(photo: Photo, frames: int, *, seed: int = 1) -> Iterator[BgrImage]:
    """Frames of a photograph that a hand moves a little."""
    chance = np.random.default_rng(seed)
    for _ in range(frames):
        across, down, tilt, zoom = chance.uniform(-1, 1, 4)
        yield frame(
            photo,
            nearer=1 + ZOOM * zoom,
            shift=(SHIFT_PIXELS * across, SHIFT_PIXELS * down),
            tilt=TILT_DEGREES * tilt,
        )


def jpeg(image: BgrImage, quality: int = 85) -> bytes:
    """The file that a browser would make of it."""
    return encode_jpeg(image, quality=quality)


def stand(photo: Photo, frames: int, *, seed: int = 1) -> Iterator[BgrImage]:
    """Frames of a photograph on a stand: nothing moves, and only the camera adds noise."""
    chance = np.random.default_rng(seed)
    picture = frame(photo).astype(np.float32)
    for _ in range(frames):
        noise = np.asarray(chance.normal(0, NOISE, picture.shape), np.float32)
        yield BgrImage(np.asarray(np.clip(picture + noise, 0, 255), np.uint8))


def write_webcam(images: Iterable[BgrImage], target: Path) -> Path:
    """A file that Chromium plays in a loop as its webcam, 30 frames a second."""
    with target.open("wb") as file:
        for image in images:
            file.write(jpeg(image, 80))
    return target
