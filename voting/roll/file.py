"""Reads a voter roll from a CSV file. It never guesses, and it names the place of every error."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from voting.models import number_key

if TYPE_CHECKING:
    from _csv import Reader
    from collections.abc import Iterable, Iterator

REQUIRED: Final = ("voter_number", "name")
OPTIONAL: Final = ("date_of_birth", "district", "username", "email")
COLUMNS: Final = (*REQUIRED, *OPTIONAL)
LENGTHS: Final = {"voter_number": 64, "name": 200, "district": 100, "username": 150, "email": 254}
MAX_ROWS: Final = 200_000
MAX_BYTES: Final = 40 * 1024 * 1024
MAX_ERRORS: Final = 200


@dataclass(frozen=True, slots=True)
class FileProblem:
    """What is wrong, and where. Lines and columns count from 1; line 0 is the file as a whole."""

    line: int
    column: int
    words: str

    def __str__(self) -> str:
        if not self.line:
            return self.words
        return _("Line %(line)d, column %(column)d: %(words)s") % {
            "line": self.line,
            "column": self.column,
            "words": self.words,
        }


class RollFileRefused(ValueError):
    """The file is not accepted. `problems` has all that were found, up to MAX_ERRORS."""

    def __init__(self, problems: Iterable[FileProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class RollRow:
    line: int
    voter_number: str
    name: str
    date_of_birth: str = ""
    district: str = ""
    username: str = ""
    email: str = ""


def read_roll(data: bytes) -> list[RollRow]:
    """All rows of the file. Raises RollFileRefused."""
    text = decode(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    lines = _lines(reader)
    header = next(lines, (0, []))[1]
    columns = _columns([cell.strip().casefold() for cell in header])
    rows: list[RollRow] = []
    problems: list[FileProblem] = []
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) >= MAX_ROWS:
            raise RollFileRefused([_whole(_too_many())])
        row_problems, row = _row(line, cells, columns)
        problems += row_problems
        rows.append(row)
        if len(problems) > MAX_ERRORS:
            break
    problems += _repeated(rows, columns)
    if problems:
        raise RollFileRefused(problems[:MAX_ERRORS])
    return rows


def decode(data: bytes) -> str:
    """The text of a UTF-8 file, or of a UTF-16 file with a byte order mark.

    Raises RollFileRefused for any other encoding.
    """
    if len(data) > MAX_BYTES:
        raise RollFileRefused([_whole(_too_many())])
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        words = _("This is not UTF-8. Save the file as “CSV UTF-8” and try again.")
        raise RollFileRefused([FileProblem(line, 1, words)]) from error
    if "\0" in text:
        raise RollFileRefused([_whole(_("The file holds characters that no text has."))])
    return text


def _delimiter(text: str) -> str:
    """Semicolon, tab or comma: the one that separates the known column names in the header."""
    header = text.split("\n", 1)[0]
    for mark in (";", "\t", ","):
        names = {cell.strip().strip('"').casefold() for cell in header.split(mark)}
        if set(REQUIRED) <= names:
            return mark
    return ","


def _lines(reader: Reader) -> Iterator[tuple[int, list[str]]]:
    """Each record with the number of its first line: a quoted cell may span several."""
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise RollFileRefused([FileProblem(start, 1, str(error))]) from error
        yield start, cells


def _columns(header: list[str]) -> list[str]:
    problems = []
    for number, name in enumerate(header, start=1):
        if name not in COLUMNS:
            words = _("There is no column of this name here: “%(name)s”") % {"name": name[:50]}
            problems.append(FileProblem(1, number, words))
        elif name in header[: number - 1]:
            problems.append(FileProblem(1, number, _("This column stands here twice.")))
    for name in REQUIRED:
        if name not in header:
            problems.append(
                FileProblem(1, 1, _("The column “%(name)s” is missing.") % {"name": name})
            )
    if problems:
        raise RollFileRefused(problems)
    return header


def _row(line: int, cells: list[str], columns: list[str]) -> tuple[list[FileProblem], RollRow]:
    values = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
    row = RollRow(line, **{"voter_number": "", "name": "", **values})
    if [cell.strip().casefold() for cell in cells] == columns:
        return [FileProblem(line, 1, _("The header stands here a second time."))], row
    if len(cells) != len(columns):
        words = _("This line has %(found)d columns and the header %(expected)d.")
        numbers = {"found": len(cells), "expected": len(columns)}
        return [FileProblem(line, min(len(cells), len(columns)) + 1, words % numbers)], row
    problems = [
        FileProblem(line, number, words)
        for number, name in enumerate(columns, start=1)
        if (words := _flaw(name, values[name]))
    ]
    return problems, row


def _flaw(name: str, value: str) -> str:
    """What is wrong with a cell, in words; empty if nothing is."""
    if name in REQUIRED and not value:
        return _("This must not be empty.")
    if len(value) > LENGTHS.get(name, 64):
        return _("This is too long.")
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in value):
        return _("This holds a control character.")
    if name == "date_of_birth" and value and _date(value) is None:
        return _("This is not a date; write it like 1980-12-31.")
    return _email_flaw(value) if name == "email" and value else ""


def _email_flaw(value: str) -> str:
    try:
        validate_email(value)
    except ValidationError:
        return _("This is not an e-mail address.")
    return ""


def _date(value: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return None


def _repeated(rows: list[RollRow], columns: list[str]) -> list[FileProblem]:
    """Voter numbers and user names that stand in more than one line."""
    problems = []
    for name, key in (("voter_number", number_key), ("username", str.casefold)):
        first_lines: dict[str, int] = {}
        for row in rows:
            value = key(getattr(row, name))
            if value and value in first_lines:
                words = _("This stands already in line %(line)d.") % {"line": first_lines[value]}
                problems.append(FileProblem(row.line, columns.index(name) + 1, words))
            first_lines.setdefault(value, row.line)
    return problems


def _too_many() -> str:
    return _("The file is too large: a roll may have %(rows)d lines. Split it.") % {
        "rows": MAX_ROWS
    }


def _whole(words: str) -> FileProblem:
    return FileProblem(0, 0, words)
