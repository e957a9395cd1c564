"""Films of a photograph before a camera, in a hand or on a stand: nothing in it lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.support.public_faces import Photo

WIDTH, HEIGHT = 640, 480
# The face takes a quarter of the frame's height.
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
) -> cv2.typing.MatLike:
    """What a camera sees: shape (480, 640, 3), uint8, in the order blue, green, red."""
    x, y, width = photo.face
    scale = nearer * HEIGHT / (FACES_HIGH * width)
    move = cv2.getRotationMatrix2D((x, y), tilt, scale)
    move[:, 2] += np.array((WIDTH / 2 - x + shift[0], HEIGHT / 2 - y + shift[1]))
    return cv2.warpAffine(
        photo.image(), move, (WIDTH, HEIGHT), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )


def film(photo: Photo, frames: int, *, seed: int = 1) -> Iterator[cv2.typing.MatLike]:
    """Frames in which the photograph is moved a little, as a hand does."""
    chance = np.random.default_rng(seed)
    for _ in range(frames):
        across, down, tilt, zoom = chance.uniform(-1, 1, 4)
        yield frame(
            photo,
            nearer=1 + ZOOM * zoom,
            shift=(SHIFT_PIXELS * across, SHIFT_PIXELS * down),
            tilt=TILT_DEGREES * tilt,
        )


def jpeg(image: cv2.typing.MatLike, quality: int = 85) -> bytes:
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def stand(photo: Photo, frames: int, *, seed: int = 1) -> Iterator[cv2.typing.MatLike]:
    """Frames in which nothing moves: the photograph stands, and the camera adds its noise."""
    chance = np.random.default_rng(seed)
    picture = frame(photo).astype(np.float32)
    for _ in range(frames):
        noise = np.asarray(chance.normal(0, NOISE, picture.shape), np.float32)
        yield np.asarray(np.clip(picture + noise, 0, 255), np.uint8)


def write_webcam(images: Iterable[cv2.typing.MatLike], target: Path) -> Path:
    """A file that Chromium plays in a loop as its webcam, 30 frames a second."""
    with target.open("wb") as file:
        for image in images:
            file.write(jpeg(image, 80))
    return target
