"""Labelled clips of people with stills to enrol them: `clips.csv` and `labels.csv` in a folder."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2

from biometrics.engine.film import open_film
from biometrics.engine.labels_file import is_bona_fide

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Clip:
    """A line of clips.csv. `row` holds its columns."""

    path: Path
    bona_fide: bool
    row: dict[str, str]

    def frames_per_second(self) -> float:
        """As the file says. Raises ValueError for a file that is no clip."""
        reader = open_film(self.path)
        pace = float(reader.get(cv2.CAP_PROP_FPS))
        reader.release()
        if pace <= 0:
            raise ValueError(f"{self.path} is not a clip")
        return pace


def read_clips(folder: Path) -> list[Clip]:
    """The lines of FOLDER/clips.csv."""
    with (folder / "clips.csv").open(encoding="utf-8", newline="") as file:
        return [
            Clip(folder / row["file"], is_bona_fide(row["label"]), row)
            for row in csv.DictReader(file)
        ]


def stills_of(folder: Path) -> dict[str, list[Path]]:
    """The pictures of each subject's first bona fide presentation, in controlled light if any."""
    by_presentation: dict[str, dict[str, list[Path]]] = {}
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if is_bona_fide(row["label"]):
                own = by_presentation.setdefault(row["subject"], {})
                presentation = f"{row['light'] != 'controlled':d} {row['presentation']}"
                own.setdefault(presentation, []).append(folder / row["file"])
    return {subject: own[min(own)] for subject, own in by_presentation.items()}
