"""Reading a voter roll from a file: strict, never guessing, with the place of every error."""

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
class Place:
    """An error in words. Lines and columns count from 1; 0 is the file as a whole."""

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
    def __init__(self, places: Iterable[Place]) -> None:
        self.places = tuple(places)
        super().__init__("; ".join(map(str, self.places)))


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    voter_number: str
    name: str
    date_of_birth: str = ""
    district: str = ""
    username: str = ""
    email: str = ""


def read_roll(data: bytes) -> list[Row]:
    """All rows, or RollFileRefused with every error that was found."""
    text = decode(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    lines = _lines(reader)
    header = next(lines, (0, []))[1]
    columns = _columns([cell.strip().casefold() for cell in header])
    rows: list[Row] = []
    places: list[Place] = []
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) >= MAX_ROWS:
            raise RollFileRefused([_whole(_too_many())])
        found, row = _row(line, cells, columns)
        places += found
        rows.append(row)
        if len(places) > MAX_ERRORS:
            break
    places += _repeated(rows, columns)
    if places:
        raise RollFileRefused(places[:MAX_ERRORS])
    return rows


def decode(data: bytes) -> str:
    """UTF-8, or UTF-16 that says so by its mark. Anything else is refused, not guessed."""
    if len(data) > MAX_BYTES:
        raise RollFileRefused([_whole(_too_many())])
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        words = _("This is not UTF-8. Save the file as “CSV UTF-8” and try again.")
        raise RollFileRefused([Place(line, 1, words)]) from error
    if "\0" in text:
        raise RollFileRefused([_whole(_("The file holds characters that no text has."))])
    return text


def _delimiter(text: str) -> str:
    """The one of the three that parts the header's known names."""
    first = text.split("\n", 1)[0]
    for mark in (";", "\t", ","):
        names = {cell.strip().strip('"').casefold() for cell in first.split(mark)}
        if set(REQUIRED) <= names:
            return mark
    return ","


def _lines(reader: Reader) -> Iterator[tuple[int, list[str]]]:
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise RollFileRefused([Place(start, 1, str(error))]) from error
        yield start, cells


def _columns(header: list[str]) -> list[str]:
    found = []
    for number, name in enumerate(header, start=1):
        if name not in COLUMNS:
            words = _("There is no column of this name here: “%(name)s”") % {"name": name[:50]}
            found.append(Place(1, number, words))
        elif name in header[: number - 1]:
            found.append(Place(1, number, _("This column stands here twice.")))
    for name in REQUIRED:
        if name not in header:
            found.append(Place(1, 1, _("The column “%(name)s” is missing.") % {"name": name}))
    if found:
        raise RollFileRefused(found)
    return header


def _row(line: int, cells: list[str], columns: list[str]) -> tuple[list[Place], Row]:
    values = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
    row = Row(line, **{"voter_number": "", "name": "", **values})
    if [cell.strip().casefold() for cell in cells] == columns:
        return [Place(line, 1, _("The header stands here a second time."))], row
    if len(cells) != len(columns):
        words = _("This line has %(found)d columns and the header %(expected)d.")
        numbers = {"found": len(cells), "expected": len(columns)}
        return [Place(line, min(len(cells), len(columns)) + 1, words % numbers)], row
    found = [
        Place(line, number, words)
        for number, name in enumerate(columns, start=1)
        if (words := _flaw(name, values[name]))
    ]
    return found, row


def _flaw(name: str, value: str) -> str:
    """What is wrong with a cell, or nothing."""
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


def _repeated(rows: list[Row], columns: list[str]) -> list[Place]:
    found = []
    for name, key in (("voter_number", number_key), ("username", str.casefold)):
        first: dict[str, int] = {}
        for row in rows:
            value = key(getattr(row, name))
            if value and value in first:
                words = _("This stands already in line %(line)d.") % {"line": first[value]}
                found.append(Place(row.line, columns.index(name) + 1, words))
            first.setdefault(value, row.line)
    return found


def _too_many() -> str:
    return _("The file is too large: a roll may have %(rows)d lines. Split it.") % {
        "rows": MAX_ROWS
    }


def _whole(words: str) -> Place:
    return Place(0, 0, words)
