"""Frames of clips as labelled pictures for training: cut with context, listed in one CSV."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometrics.engine.faces.fingerprint import fingerprint
from biometrics.engine.whole_files import write_atomically
from biometrics.training.liveness.samples import LIST as LIST
from biometrics.training.liveness.surroundings import as_jpeg, with_surroundings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from biometrics.engine.faces.finding import FaceFinder
    from biometrics.engine.types import RgbImage

FIELDS = ("file", "label", "attack_type", "subject", "source", "split")
MAX_SIDE = 640
# Of 64 bits: nearer than this to a frame that was kept is the same picture once more.
MIN_NEW_BITS = 4


class CollectionRefused(ValueError):
    """The labels contradict each other or what was collected before."""


@dataclass(frozen=True, slots=True)
class Label:
    """What is before the camera; `species` is empty for bona fide."""

    bona_fide: bool
    species: str
    subject: str
    device: str
    split: str

    def __post_init__(self) -> None:
        if self.bona_fide and self.species:
            raise CollectionRefused("a real face has no species")
        if not self.bona_fide and not self.species:
            raise CollectionRefused("an attack needs its species: print, replay, mask, …")
        if not self.subject or not self.device:
            raise CollectionRefused("subject and device must be named")


@dataclass(frozen=True, slots=True)
class Sample:
    name: str
    jpeg: bytes


def samples(
    frames: Iterable[RgbImage], finder: FaceFinder, *, every: int, label: Label
) -> Iterator[Sample | None]:
    """For each RGB frame the picture to keep; None if left out, without one face, or known."""
    kept: list[int] = []
    for number, frame in enumerate(frames):
        faces = finder.find(frame) if number % every == 0 else ()
        if len(faces) != 1:
            yield None
            continue
        print_ = fingerprint(frame, faces[0].box)
        if any((print_ ^ other).bit_count() < MIN_NEW_BITS for other in kept):
            yield None
            continue
        kept.append(print_)
        part, _ = with_surroundings(frame, faces[0].box, max_side=MAX_SIDE)
        jpeg = as_jpeg(part)
        digest = hashlib.sha256(jpeg).hexdigest()[:16]
        yield Sample(f"{label.subject}-{digest}.jpg", jpeg)


def read_list(folder: Path) -> list[dict[str, str]]:
    path = folder / LIST
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def require_one_side(rows: list[dict[str, str]], label: Label) -> None:
    """A person whose face is in both train and test would make the test worthless."""
    other = {row["split"] for row in rows if row["subject"] == label.subject} - {label.split}
    if other:
        raise CollectionRefused(
            f"{label.subject} is in {', '.join(sorted(other))} and cannot be in {label.split} too"
        )


def store(folder: Path, found: list[Sample], label: Label) -> int:
    """Write what is new and list it, or nothing; returns how many pictures that were."""
    rows = read_list(folder)
    require_one_side(rows, label)
    known = {row["file"] for row in rows}
    fresh = {sample.name: sample.jpeg for sample in found if sample.name not in known}
    rows += [dict(zip(FIELDS, _row(name, label), strict=True)) for name in fresh]
    try:
        for name, jpeg in fresh.items():
            write_atomically(folder / name, jpeg)
        _write_list(folder, rows)
    except OSError:
        for name in fresh:
            (folder / name).unlink(missing_ok=True)
        raise
    return len(fresh)


def _write_list(folder: Path, rows: list[dict[str, str]]) -> None:
    """After the pictures: a line without its picture would be an error."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, FIELDS)
    writer.writeheader()
    writer.writerows(rows)
    write_atomically(folder / LIST, text.getvalue().encode())


def _row(name: str, label: Label) -> tuple[str, ...]:
    kind = "bona_fide" if label.bona_fide else "attack"
    return (name, kind, label.species, label.subject, label.device, label.split)
