"""Frames as labelled pictures for training: faces with surroundings, listed in one CSV.

Nothing here knows Django: the page and the command do the same.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometrics.engine.faces.fingerprint import fingerprint
from biometrics.engine.faces.surroundings import JPEG_QUALITY, with_surroundings
from biometrics.engine.images import encode_jpeg, to_bgr
from biometrics.engine.labels_file import COLUMNS, LABELS_FILE, read_lines
from biometrics.engine.whole_files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from biometrics.engine.faces.finding import FaceFinder
    from biometrics.engine.types import RgbImage

MAX_SIDE = 640
# A frame whose fingerprint differs in fewer of its 64 bits from a kept frame's is the same picture.
MIN_NEW_BITS = 4
# The subject becomes a part of file names: nothing in it may lead to another folder.
SUBJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


class CollectionRefused(ValueError):
    """The label contradicts itself or what was collected before."""


@dataclass(frozen=True, slots=True)
class Label:
    """What is before the camera; `species` is empty for bona fide.

    Raises CollectionRefused for a label that contradicts itself, that names no device, or whose
    subject is not a plain name.
    """

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
        if not SUBJECT.fullmatch(self.subject):
            raise CollectionRefused(
                "the subject becomes a part of file names: up to 40 letters, digits, - and _ only"
            )


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """A JPEG to keep under `name`."""

    name: str
    jpeg: bytes


def pictures_to_keep(
    frames: Iterable[RgbImage], finder: FaceFinder, *, every: int, label: Label
) -> Iterator[LabelledPicture | None]:
    """One result for each frame: the picture to keep, or None.

    Frames are (height, width, 3) uint8 in RGB. Only every `every`-th frame is looked at. None
    stands for a frame that was left out, that has not exactly one face, or that shows the same
    as a frame kept before.
    """
    kept: list[int] = []
    for number, frame in enumerate(frames):
        faces = finder.find(frame) if number % every == 0 else ()
        if len(faces) != 1:
            yield None
            continue
        bits = fingerprint(frame, faces[0].box)
        if any((bits ^ other).bit_count() < MIN_NEW_BITS for other in kept):
            yield None
            continue
        kept.append(bits)
        part, _ = with_surroundings(frame, faces[0].box, max_side=MAX_SIDE)
        jpeg = encode_jpeg(to_bgr(part), quality=JPEG_QUALITY)
        digest = hashlib.sha256(jpeg).hexdigest()[:16]
        yield LabelledPicture(f"{label.subject}-{digest}.jpg", jpeg)


def read_list(folder: Path) -> list[dict[str, str]]:
    """The lines of the folder's list, by column; none if there is no list.

    Raises CollectionRefused for a list that cannot be read.
    """
    path = folder / LABELS_FILE
    if not path.is_file():
        return []
    try:
        return [{name: row.get(name, "") for name in COLUMNS} for _line, row in read_lines(path)]
    except ValueError as error:
        raise CollectionRefused(str(error)) from None


def require_one_split(rows: list[dict[str, str]], label: Label) -> None:
    """Raises CollectionRefused if the subject is in another split already.

    A person whose face is in both train and test would make the test worthless.
    """
    other = {row["split"] for row in rows if row["subject"] == label.subject} - {label.split}
    if other:
        raise CollectionRefused(
            f"{label.subject} is in {', '.join(sorted(other))} and cannot be in {label.split} too"
        )


def store(folder: Path, pictures: list[LabelledPicture], label: Label) -> int:
    """Write the new pictures and list them; returns how many were new.

    Raises CollectionRefused as `require_one_split` does, and OSError for a full disk: then nothing
    is kept.
    """
    rows = read_list(folder)
    require_one_split(rows, label)
    known = {row["file"] for row in rows}
    fresh = {picture.name: picture.jpeg for picture in pictures if picture.name not in known}
    rows += [dict(zip(COLUMNS, _row(name, label), strict=True)) for name in fresh]
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
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    write_atomically(folder / LABELS_FILE, text.getvalue().encode())


def _row(name: str, label: Label) -> tuple[str, ...]:
    word = "bona_fide" if label.bona_fide else "attack"
    return (name, word, label.species, label.subject, label.device, label.split)
