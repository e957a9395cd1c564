"""Labelled pictures and clips for attack detection, scored by the network that serves."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.engine.faces import quality
from biometrics.engine.faces.detection import FaceDetector
from biometrics.engine.faces.finding import FaceFinder
from biometrics.engine.faces.landmarks import FaceMesh
from biometrics.engine.images import to_rgb
from biometrics.engine.pad.texture import TexturePad
from biometrics.engine.types import BgrImage, RgbImage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from biometrics.engine.types import Face

BONA_FIDE = frozenset({"bona_fide", "real", "live"})
MOVING = frozenset({".mp4", ".webm", ".mov", ".avi", ".mkv", ".mjpeg"})
LONGEST_SIDE = 1280
# The list that lies in a folder of collected pictures.
LIST = "labels.csv"


@dataclass(frozen=True, slots=True)
class Presentation:
    """One picture or clip with its label; `species` is empty for bona fide."""

    path: Path
    bona_fide: bool
    species: str
    subject: str
    source: str
    split: str = ""

    @property
    def series(self) -> tuple[str, ...]:
        """Frames with the same may be fused: those of a clip, or one person's pictures of a kind.

        Empty for a picture of nobody knows whom.
        """
        if self.path.suffix.lower() in MOVING:
            return (str(self.path),)
        return (self.source, self.subject, self.species) if self.subject else ()


@dataclass(frozen=True, slots=True)
class Scored:
    """`score` of frame number `frame` of a presentation; None where no face was found.

    `fit`: the site would judge this frame; others it answers with a hint, whoever is before it.
    """

    presentation: Presentation
    frame: int
    score: float | None
    fit: bool = True


def read_manifest(path: Path, *, split: str = "") -> list[Presentation]:
    """A CSV with `file` and `label`, and where known attack_type, subject, source and split.

    Files are looked for beside the CSV and one folder above it. Raises ValueError, naming the
    line, for a file that is not there.
    """
    found = []
    with path.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            if not split or row.get("split") == split:
                found.append(_presentation(path, line, row))
    if not found:
        raise ValueError(f"{path.name} names nothing to look at")
    return found


def read_data(place: Path, *, split: str = "") -> list[Presentation]:
    """A CSV, a folder with a list in it, or a folder with real/ and fake/."""
    manifest = place / LIST if place.is_dir() else place
    return read_manifest(manifest, split=split) if manifest.is_file() else read_folder(place)


def read_folder(folder: Path) -> list[Presentation]:
    """FOLDER/real/... and FOLDER/fake/SPECIES/...; raises ValueError where one is empty."""
    found = [
        Presentation(path, bona_fide, species, "", folder.name)
        for name, bona_fide in (("real", True), ("fake", False))
        for path in sorted((folder / name).rglob("*.*"))
        for species in ["" if bona_fide else path.relative_to(folder / name).parts[0]]
    ]
    if len({one.bona_fide for one in found}) < 2:
        raise ValueError(f"{folder} needs files in both real/ and fake/")
    return found


def _presentation(manifest: Path, line: int, row: dict[str, str]) -> Presentation:
    places = (manifest.parent / row["file"], manifest.parent.parent / row["file"])
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        raise ValueError(f"{manifest.name}, line {line}: there is no {row['file']}")
    bona_fide = row["label"] in BONA_FIDE
    return Presentation(
        path=path,
        bona_fide=bona_fide,
        species="" if bona_fide else row.get("attack_type") or "attack",
        subject=row.get("subject") or "",
        source=row.get("source") or manifest.parent.name,
        split=row.get("split") or "",
    )


class LargestFace:
    """The largest face of a picture; None where there is none."""

    def __init__(self, models_dir: Path) -> None:
        self._finder = FaceFinder(FaceDetector.load(models_dir), FaceMesh.load(models_dir))

    def __call__(self, image: RgbImage) -> Face | None:
        faces = self._finder.search(image)
        return max(faces, key=lambda face: face.box.area) if faces else None


class Scorer:
    """Finds the largest face of a picture and scores it."""

    def __init__(self, models_dir: Path, pad: TexturePad | None = None) -> None:
        self._find = LargestFace(models_dir)
        self.pad = pad or TexturePad.load(models_dir)
        self._policy = quality.load_policy(models_dir, "frame")

    def __call__(self, presentation: Presentation, *, every: int = 1) -> Iterator[Scored]:
        for number, image in enumerate(frames_of(presentation.path)):
            if number % every == 0:
                yield self._scored(presentation, number, image)

    def _scored(self, presentation: Presentation, number: int, image: RgbImage) -> Scored:
        face = self._find(image)
        if face is None:
            return Scored(presentation, number, None, fit=False)
        fit = quality.judge(quality.measure(image, face), self._policy).acceptable
        return Scored(presentation, number, self.pad.score(image, face.box), fit=fit)


def camera_frames(number: int) -> Iterator[RgbImage]:
    """RGB pictures of a camera of this machine; raises ValueError where there is none."""
    yield from _moving(cv2.VideoCapture(number), f"camera {number} gives no picture")


def frames_of(path: Path) -> Iterator[RgbImage]:
    """RGB pictures of a file; raises ValueError where it holds none."""
    if path.suffix.lower() not in MOVING:
        picture = cv2.imread(str(path))
        if picture is None:
            raise ValueError(f"{path} is not a picture")
        yield to_rgb(BgrImage(picture.astype(np.uint8)))
        return
    yield from _moving(cv2.VideoCapture(str(path)), f"{path} is not a clip")


def _moving(reader: cv2.VideoCapture, complaint: str) -> Iterator[RgbImage]:
    try:
        read, picture = reader.read()
        if not read:
            raise ValueError(complaint)
        while read:
            yield _small(to_rgb(BgrImage(picture.astype(np.uint8))))
            read, picture = reader.read()
    finally:
        reader.release()


def _small(image: RgbImage) -> RgbImage:
    """No larger than what a browser sends."""
    scale = LONGEST_SIDE / max(image.shape)
    if scale >= 1:
        return image
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    return RgbImage(cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.uint8))


def one_face_each(folder: Path, seed: int) -> Iterator[Presentation]:
    """One picture each of the people with the fewest: those with many are good to measure on."""
    people = {one: sorted(one.glob("*.jpg")) for one in sorted(folder.iterdir()) if one.is_dir()}
    if not any(people.values()):
        raise ValueError(f"{folder} holds no PERSON/*.jpg")
    order = np.random.default_rng(seed).permutation(len(people))
    ranked = [list(people)[at] for at in order if people[list(people)[at]]]
    ranked.sort(key=lambda one: len(people[one]))
    for person in ranked:
        yield Presentation(people[person][0], True, "", person.name, folder.name)
