"""The header line of a roll's file: what parts the cells, and what the columns are called."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from voting.roll.reading.problems import FileProblem, RollFileRefused, whole_file

if TYPE_CHECKING:
    from collections.abc import Sequence

REQUIRED: Final = ("voter_number", "name")
OPTIONAL: Final = ("date_of_birth", "district", "username", "email")
COLUMNS: Final = (*REQUIRED, *OPTIONAL)
# As many as a spreadsheet has: some write all of them, most of them empty.
MAX_CELLS: Final = 16_384
DELIMITERS: Final = (";", "\t", ",")
# Excel reads this line as an instruction, and some programs write it.
SEPARATOR_LINE: Final = re.compile(r'\A"?sep=([;,\t|])"?(?:\r\n|\r|\n)', re.IGNORECASE)
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Header:
    """`names` has "" for a column without a name. `body` is where the text of the table begins."""

    delimiter: str
    names: tuple[str, ...]
    line: int
    body: int

    @property
    def needed_cells(self) -> int:
        """How many cells a line must have: up to the last column that has a name."""
        return max(number for number, name in enumerate(self.names, start=1) if name)

    def number_of(self, name: str) -> int:
        return self.names.index(name) + 1


def read_header(text: str) -> Header:
    """Raises RollFileRefused."""
    announced = SEPARATOR_LINE.match(text)
    body = announced.end() if announced else 0
    end = _LINE_END.search(text, body)
    first = text[body : end.start() if end else len(text)]
    if max(first.count(mark) for mark in DELIMITERS) >= MAX_CELLS:
        raise RollFileRefused([too_wide()])
    delimiter = announced[1] if announced else _delimiter(first)
    line = 2 if announced else 1
    return Header(delimiter, _names(_cells(first, delimiter), line), line, body)


def too_wide() -> FileProblem:
    words = _("The file is too large: a line may have %(cells)d columns.") % {"cells": MAX_CELLS}
    return whole_file(words)


def column_of(title: str) -> str:
    """The column that a title means: "Voter Number" and "voter-number" are voter_number."""
    plain = re.sub(r"[\s_-]+", "", title.casefold())
    return next((name for name in COLUMNS if name.replace("_", "") == plain), "")


def _delimiter(first: str) -> str:
    """The mark that parts the required columns, or else the one that parts most."""
    for mark in DELIMITERS:
        if set(REQUIRED) <= {column_of(cell) for cell in _cells(first, mark)}:
            return mark
    return max(reversed(DELIMITERS), key=first.count)


def _cells(first: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([first], delimiter=delimiter), [])
    except csv.Error:
        return []


def _names(titles: Sequence[str], line: int) -> tuple[str, ...]:
    names: list[str] = []
    problems = []
    for number, title in enumerate((title.strip() for title in titles), start=1):
        name = column_of(title)
        if title and not name:
            words = _("There is no column “%(name)s” here. The columns are: %(names)s.")
            told = {"name": title[:50], "names": ", ".join(COLUMNS)}
            problems.append(FileProblem(line, number, words % told))
        elif name and name in names:
            problems.append(FileProblem(line, number, _("This column stands here twice.")))
        names.append(name)
    for name in REQUIRED:
        if name not in names:
            words = _("The column “%(name)s” is missing.") % {"name": name}
            problems.append(FileProblem(line, 1, words))
    if problems:
        raise RollFileRefused(problems)
    return tuple(names)
