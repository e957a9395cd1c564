"""Labelled pictures and clips for attack detection, and their scores by the serving network.

Pictures are (height, width, 3) uint8 in RGB.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.engine.errors import ImageRefused
from biometrics.engine.faces import quality
from biometrics.engine.faces.camera_quality import camera_quality
from biometrics.engine.faces.detection import FaceDetector
from biometrics.engine.faces.finding import FaceFinder
from biometrics.engine.faces.landmarks import FaceMesh
from biometrics.engine.faces.skin_tone import skin_group, typology_angle
from biometrics.engine.film import as_shown, open_film, shown_size
from biometrics.engine.frame_message import JPEG_START
from biometrics.engine.images import decode_photo, to_rgb
from biometrics.engine.labels_file import LABELS_FILE, is_bona_fide, read_lines
from biometrics.engine.pad.texture import TexturePad
from biometrics.engine.system_files import is_system_file
from biometrics.engine.types import BgrImage, Hint, RgbImage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from biometrics.engine.types import Face

MOVING = frozenset({".mp4", ".webm", ".mov", ".avi", ".mkv", ".mjpeg"})
LONGEST_SIDE = 1280


@dataclass(frozen=True, slots=True)
class Presentation:
    """One picture or clip with its label; `species` is empty for bona fide.

    `source` is the data set: who took it, where and with what. `support` says whether an attack was
    held by hand or stood fixed, `light` in what light it was taken; both are empty if not known.
    """

    path: Path
    bona_fide: bool
    species: str
    subject: str
    source: str
    split: str = ""
    support: str = ""
    light: str = ""

    @property
    def person(self) -> str:
        """The subject's name among all sources, empty if it is not known."""
        return f"{self.source}/{self.subject}" if self.subject else ""

    @property
    def series(self) -> tuple[str, ...]:
        """Frames with an equal series may be fused.

        They are the frames of one clip, or one subject's pictures of one species. Empty for a
        picture whose subject is not known.
        """
        if self.path.suffix.lower() in MOVING:
            return (str(self.path),)
        return (self.source, self.subject, self.species) if self.subject else ()


@dataclass(frozen=True, slots=True)
class Scored:
    """`score` of frame number `frame` of a presentation, from 0 to 1; None if there is no face.

    `fit`: whether the site would judge this frame. It answers other frames with a `hint`. `camera`
    is the group of the camera's quality, `skin_angle` the skin's typology angle in degrees.
    """

    presentation: Presentation
    frame: int
    score: float | None
    fit: bool = True
    hint: str = ""
    camera: str = ""
    skin_angle: float | None = None

    @property
    def skin(self) -> str:
        """The group of the skin's colour in the light of the frame, empty if not measured."""
        return "" if self.skin_angle is None else str(skin_group(self.skin_angle))


def read_manifest(path: Path, *, split: str = "") -> list[Presentation]:
    """The lines of a CSV, or those of one split.

    The columns are `file` and `label` and, where known, attack_type, subject, source, split,
    support and light. Files are looked for beside the CSV and one folder above it. Raises
    ValueError for a file that is not there and for an unknown label (it names the line), for a
    missing column, and for a list without lines.
    """
    listed = [
        _presentation(path, line, row)
        for line, row in read_lines(path)
        if not split or row.get("split") == split
    ]
    if not listed:
        raise ValueError(f"{path.name} names nothing to look at")
    return listed


def read_data(place: Path, *, split: str = "") -> list[Presentation]:
    """What `place` holds: a CSV, a folder with such a list, or a folder with real/ and fake/.

    Raises what `read_manifest` and `read_folder` raise.
    """
    manifest = place / LABELS_FILE if place.is_dir() else place
    return read_manifest(manifest, split=split) if manifest.is_file() else read_folder(place)


def read_folder(folder: Path) -> list[Presentation]:
    """The files FOLDER/real/... and FOLDER/fake/SPECIES/...; ValueError if either is empty.

    What an operating system left there is passed over.
    """
    listed = [
        Presentation(path, bona_fide, species, "", folder.name)
        for name, bona_fide in (("real", True), ("fake", False))
        for path in sorted((folder / name).rglob("*"))
        if path.is_file() and not any(map(is_system_file, path.relative_to(folder).parts))
        for species in ["" if bona_fide else path.relative_to(folder / name).parts[0]]
    ]
    if len({item.bona_fide for item in listed}) < 2:
        raise ValueError(f"{folder} needs files in both real/ and fake/")
    return listed


def _presentation(manifest: Path, line: int, row: dict[str, str]) -> Presentation:
    places = (manifest.parent / row["file"], manifest.parent.parent / row["file"])
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        raise ValueError(f"{manifest.name}, line {line}: there is no {row['file']}")
    try:
        bona_fide = is_bona_fide(row.get("label", ""))
    except ValueError as unknown:
        raise ValueError(f"{manifest.name}, line {line}: {unknown}") from None
    return Presentation(
        path=path,
        bona_fide=bona_fide,
        species="" if bona_fide else row.get("attack_type") or "attack",
        subject=row.get("subject") or "",
        source=row.get("source") or manifest.parent.name,
        split=row.get("split") or "",
        support=row.get("support") or "",
        light=row.get("light") or "",
    )


class LargestFace:
    """Finds the largest face of a picture. Not safe to share between threads."""

    def __init__(self, models_dir: Path) -> None:
        self._finder = FaceFinder(FaceDetector.load(models_dir), FaceMesh.load(models_dir))

    def __call__(self, image: RgbImage) -> Face | None:
        """None if there is no face."""
        faces = self._finder.search(image)
        return max(faces, key=lambda face: face.box.area) if faces else None


class Scorer:
    """Scores the largest face of each frame. Not safe to share between threads."""

    def __init__(self, models_dir: Path, pad: TexturePad | None = None) -> None:
        self._find = LargestFace(models_dir)
        self.pad = pad or TexturePad.load(models_dir)
        self._policy = quality.load_policy(models_dir, "frame")

    def __call__(self, presentation: Presentation, *, every: int = 1) -> Iterator[Scored]:
        """One for every `every`-th frame; raises ValueError for a file that cannot be read."""
        for number, image in enumerate(frames_of(presentation.path)):
            if number % every == 0:
                yield self._scored(presentation, number, image)

    def _scored(self, presentation: Presentation, number: int, image: RgbImage) -> Scored:
        face = self._find(image)
        if face is None or face.landmarks is None:
            return Scored(presentation, number, None, fit=False, hint=Hint.NO_FACE)
        judged = quality.judge(quality.measure(image, face), self._policy)
        return Scored(
            presentation,
            number,
            self.pad.score(image, face.box),
            fit=judged.acceptable,
            hint=judged.hint,
            camera=camera_quality(image, face.box).group,
            skin_angle=typology_angle(image, face.landmarks),
        )


def frames_of(path: Path) -> Iterator[RgbImage]:
    """RGB pictures of a file, a clip's at most LONGEST_SIDE long; ValueError if it holds none."""
    if path.suffix.lower() not in MOVING:
        yield _picture(path)
        return
    yield from _clip_frames(path)


def _picture(path: Path) -> RgbImage:
    """A picture as the site sees it: nothing that is transparent shows through."""
    data = path.read_bytes()
    if not data.startswith(JPEG_START):
        try:
            return decode_photo(data)
        except ImageRefused as refusal:
            raise ValueError(f"{path} is not a picture: {refusal}") from None
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError(f"{path} is not a picture")
    return to_rgb(BgrImage(picture.astype(np.uint8)))


def _clip_frames(path: Path) -> Iterator[RgbImage]:
    reader = open_film(path)
    try:
        size = shown_size(reader)
        read, picture = reader.read()
        if not read:
            raise ValueError(f"{path} is not a clip")
        while read:
            yield _small(to_rgb(as_shown(picture, size)))
            read, picture = reader.read()
    finally:
        reader.release()


def _small(image: RgbImage) -> RgbImage:
    """The picture, shrunk if it is larger than what a browser sends."""
    scale = LONGEST_SIDE / max(image.shape)
    if scale >= 1:
        return image
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    return RgbImage(cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.uint8))


def one_face_each(folder: Path, seed: int) -> Iterator[Presentation]:
    """One picture of each person in FOLDER/PERSON/*.jpg, people with few pictures first.

    People with many pictures come last, because they are good to measure on. `seed` gives the order
    among people with equally many. Raises ValueError if there is no picture.
    """
    people = {
        person: sorted(person.glob("*.jpg"))
        for person in sorted(folder.iterdir())
        if person.is_dir()
    }
    if not any(people.values()):
        raise ValueError(f"{folder} holds no PERSON/*.jpg")
    order = np.random.default_rng(seed).permutation(len(people))
    ranked = [list(people)[at] for at in order if people[list(people)[at]]]
    ranked.sort(key=lambda person: len(people[person]))
    for person in ranked:
        yield Presentation(people[person][0], True, "", person.name, folder.name)
