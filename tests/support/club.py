"""Films as the members of a club make them with a telephone: of themselves, and of a screen."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.attacks.recapture import on_screen
from biometrics.engine.images import to_bgr, to_rgb
from biometrics.engine.types import RgbImage
from tests.support.still_films import HEIGHT, WIDTH, film

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from biometrics.engine.types import BgrImage
    from tests.support.public_faces import Photo

FRAMES = 30
RATE = 10


def film_club(
    folder: Path, portraits: Mapping[str, Sequence[Photo]], *, people: Sequence[str]
) -> None:
    """Write PERSON-real.mp4 and PERSON-replay.mp4 for each, and list them in labels.csv."""
    folder.mkdir(parents=True)
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("file", "label", "attack_type", "subject"))
        for person in people:
            for kind in ("real", "replay"):
                name = f"{person}-{kind}.mp4"
                write_clip(folder / name, portraits[person][0], on_a_screen=kind == "replay")
                attack = kind if kind == "replay" else ""
                lines.writerow((name, "fake" if attack else "real", attack, person))


def write_clip(path: Path, photo: Photo, *, on_a_screen: bool) -> None:
    """Film the photograph in a hand, or filmed again from a screen."""
    chance = np.random.default_rng(1)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), RATE, (WIDTH, HEIGHT))
    for image in film(photo, FRAMES):
        writer.write(_filmed_again(image, chance) if on_a_screen else image)
    writer.release()


def _filmed_again(image: BgrImage, chance: np.random.Generator) -> BgrImage:
    return to_bgr(RgbImage(on_screen(to_rgb(image), chance)))
