"""Folders of faces -> templates with their labels, for measuring.

The files are DIR/PERSON/picture or DIR/PERSON/SESSION/picture. Samples of one person's session are
not compared with each other, since they would be far too alike.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from biometrics.engine.errors import ImageRefused
from biometrics.engine.faces.detection import FaceDetector
from biometrics.engine.faces.finding import FaceFinder
from biometrics.engine.faces.landmarks import FaceMesh
from biometrics.engine.faces.quality import judge, load_policy, measure
from biometrics.engine.images import decode_photo
from biometrics.engine.matching.encoding import Encoder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    import numpy.typing as npt

    from biometrics.engine.types import Face, FloatArray, Quality, RgbImage

    Labels = npt.NDArray[np.str_]
    Flags = npt.NDArray[np.bool_]

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """One row for each picture.

    `probes` and `references` are (n, length) float32 unit vectors, all else is (n,). A picture
    without a face is not `acquired`, and its vectors are zeros, which match nothing. `fit`: whether
    the site would accept it as a photo. `quality` is the site's quality score.
    """

    names: Labels
    people: Labels
    sessions: Labels
    groups: Labels
    acquired: Flags
    probes: FloatArray
    references: FloatArray
    quality: FloatArray
    fit: Flags
    encoder: str
    encoder_sha256: str

    def of_group(self, group: str) -> Samples:
        """The samples of one group."""
        return self.where(self.groups == group)

    def where(self, chosen: Flags) -> Samples:
        """The samples whose flag in `chosen` (n,) is set."""
        return Samples(
            names=self.names[chosen],
            people=self.people[chosen],
            sessions=self.sessions[chosen],
            groups=self.groups[chosen],
            acquired=self.acquired[chosen],
            probes=self.probes[chosen],
            references=self.references[chosen],
            quality=self.quality[chosen],
            fit=self.fit[chosen],
            encoder=self.encoder,
            encoder_sha256=self.encoder_sha256,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """One face as a probe and as a reference, with its quality."""

    probe: FloatArray
    reference: FloatArray
    quality: Quality


@dataclass(frozen=True, slots=True)
class Picture:
    """A file and its labels."""

    path: Path
    person: str
    session: str
    group: str


class Sampler:
    """Finds and encodes the face in the middle of a picture. Not safe to share between threads.

    Without `centred`, descriptors are as the networks give them. Raises ArtifactRefused for a
    missing or altered model.
    """

    def __init__(self, models_dir: Path, encoder: str | None, *, centred: bool = True) -> None:
        self._finder = FaceFinder(FaceDetector.load(models_dir), FaceMesh.load(models_dir))
        self._policy = load_policy(models_dir, "photo")
        self.encoder = Encoder.load(models_dir, encoder, centred=centred)

    def sample(self, picture: Picture) -> Encoded | None:
        """None if there is no face, or no picture that can be read."""
        try:
            image = decode_photo(picture.path.read_bytes())
        except ImageRefused:
            return None
        face = central(self._finder.search(image), image)
        if face is None or face.landmarks is None:
            return None
        return Encoded(
            probe=self.encoder.encode(image, face.landmarks).vector,
            reference=self.encoder.encode_both_ways(image, face.landmarks).vector,
            quality=judge(measure(image, face), self._policy),
        )


def central(faces: tuple[Face, ...], image: RgbImage) -> Face | None:
    """The face nearest to the middle of the picture; of two about as near, the larger one."""
    height, width = image.shape[:2]

    def cost(face: Face) -> float:
        across, down = face.box.centre
        return float(np.hypot(across - width / 2, down - height / 2)) - face.box.width / 2

    return min(faces, key=cost, default=None)


def pictures_in(folder: Path, groups: Mapping[str, str], group: str) -> list[Picture]:
    """Every picture below FOLDER/PERSON.

    `groups` gives the group of single people by name; all others are of `group`.
    """
    pictures = []
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.suffix.lower() not in SUFFIXES or not 2 <= len(parts) <= 3:
            continue
        session = parts[1] if len(parts) == 3 else path.name
        pictures.append(Picture(path, parts[0], session, groups.get(parts[0], group)))
    return pictures


def collect(
    pictures: list[Picture],
    models_dir: Path,
    *,
    encoder: str | None = None,
    centred: bool = True,
    threads: int = 2,
    progress: Callable[[Iterable[object], int], Iterable[object]] | None = None,
) -> Samples:
    """Encode every picture, in several threads: the networks release Python's lock.

    Without `centred`, descriptors are as the networks give them. `progress` is called with the
    results and their number and must pass the results on. Raises ArtifactRefused for a missing or
    altered model.
    """
    local = threading.local()

    def work(picture: Picture) -> Encoded | None:
        if not hasattr(local, "sampler"):
            local.sampler = Sampler(models_dir, encoder, centred=centred)
        sampler: Sampler = local.sampler
        return sampler.sample(picture)

    with ThreadPoolExecutor(threads) as pool:
        results = pool.map(work, pictures)
        rows = list(progress(results, len(pictures)) if progress else results)
    return _assemble(pictures, rows, Encoder.load(models_dir, encoder, centred=centred))


def _assemble(pictures: list[Picture], rows: list[object], encoder: Encoder) -> Samples:
    encoded = {place: row for place, row in enumerate(rows) if isinstance(row, Encoded)}
    length = next((len(row.probe) for row in encoded.values()), 1)
    probes = np.zeros((len(rows), length), dtype=np.float32)
    references = np.zeros_like(probes)
    quality = np.zeros(len(rows), dtype=np.float32)
    fit = np.zeros(len(rows), dtype=bool)
    for place, row in encoded.items():
        probes[place], references[place] = row.probe, row.reference
        quality[place], fit[place] = row.quality.score, row.quality.acceptable
    return Samples(
        names=np.array([picture.path.name for picture in pictures]),
        people=np.array([f"{picture.group}/{picture.person}" for picture in pictures]),
        sessions=np.array([picture.session for picture in pictures]),
        groups=np.array([picture.group for picture in pictures]),
        acquired=np.array([place in encoded for place in range(len(rows))]),
        probes=probes,
        references=references,
        quality=quality,
        fit=fit,
        encoder=encoder.name,
        encoder_sha256=encoder.sha256,
    )
