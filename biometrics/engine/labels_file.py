"""The list that lies in a folder of labelled pictures: collecting writes it, training reads it."""

from __future__ import annotations

import csv
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LABELS_FILE = "labels.csv"
COLUMNS = ("file", "label", "attack_type", "subject", "source", "split")
NEEDED = frozenset({"file", "label"})
BONA_FIDE = ("bona_fide", "real", "live")
ATTACK = ("attack", "fake", "spoof")
DELIMITERS = (",", ";", "\t")


def read_lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each line of a list with its number, by the names of its columns.

    Spreadsheets write a mark at the beginning and semicolons or tabs between the cells; both are
    read. Names are put into one normal form. Raises ValueError, which says what is wrong and in
    which line, and OSError for a file that cannot be read.
    """
    try:
        text = unicodedata.normalize("NFC", path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError(f"{path.name} is not in UTF-8: save it again as “CSV UTF-8”") from None
    rows = csv.reader(text.splitlines(keepends=True), delimiter=_delimiter(text))
    columns = [name.strip().lower() for name in next(rows, [])]
    if missing := NEEDED.difference(columns):
        raise ValueError(
            f"{path.name}, line 1: there is no column {' and no column '.join(sorted(missing))}; "
            f"the columns are {', '.join(filter(None, columns)) or 'missing'}"
        )
    for row in rows:
        if any(cell.strip() for cell in row):
            yield rows.line_num, dict(zip(columns, map(str.strip, row), strict=False))


def is_bona_fide(label: str) -> bool:
    """Whether a label stands for a living face, in capitals or not; ValueError if it is unknown."""
    word = label.strip().lower()
    if word not in {*BONA_FIDE, *ATTACK}:
        raise ValueError(f"unknown label '{label}'; known: {', '.join((*BONA_FIDE, *ATTACK))}")
    return word in BONA_FIDE


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(DELIMITERS, key=first.count)
