"""Reads a voter roll from a CSV file. It never guesses, and it names the place of every error."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from voting.models import number_key
from voting.roll.accounts import account_key
from voting.roll.reading.birth_dates import BirthDateRefused, read_birth_date
from voting.roll.reading.cells import plain, spoiled
from voting.roll.reading.header import MAX_CELLS, REQUIRED, column_of, read_header, too_wide
from voting.roll.reading.problems import MAX_ERRORS, FileProblem, RollFileRefused, whole_file
from voting.roll.reading.text import MAX_ROWS, decode, too_many

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    from voting.roll.reading.header import Header

LENGTHS: Final = {"voter_number": 64, "name": 200, "district": 100, "username": 150, "email": 254}
REPORT_EVERY: Final = 5000
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class RollRow:
    """One voter of the file. A column that the file does not have is empty here."""

    line: int
    voter_number: str
    name: str
    date_of_birth: str = ""
    district: str = ""
    username: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class RollFile:
    """The voters, and the columns that the file has, "" for one without a name.

    A column that the file does not have changes nothing.
    """

    columns: tuple[str, ...]
    rows: list[RollRow]

    def number_of(self, column: str) -> int:
        """Where the column stands, counted from 1."""
        return self.columns.index(column) + 1


def read_roll(
    data: bytes, *, today: dt.date, report: Callable[[int], None] | None = None
) -> RollFile:
    """All rows of the file. Raises RollFileRefused. `report` is told the rows read so far."""
    text = decode(data)
    header = read_header(text)
    rows: list[RollRow] = []
    problems: list[FileProblem] = []
    for line, cells in _lines(text, header):
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) >= MAX_ROWS:
            raise RollFileRefused([whole_file(too_many())])
        row_problems, row = _row(line, cells, header, today)
        problems += row_problems
        rows.append(row)
        if len(problems) > MAX_ERRORS:
            break
        if report and len(rows) % REPORT_EVERY == 0:
            report(len(rows))
    problems += _repeated(rows, header)
    if not rows:
        problems.append(whole_file(_("The file names no voters: nothing follows its header.")))
    if problems:
        raise RollFileRefused(problems[:MAX_ERRORS])
    return RollFile(header.names, rows)


def flaw(name: str, value: str, today: dt.date) -> str:
    """What is wrong with the value of a column, in words; empty if nothing is."""
    # Signs that nobody sees may be all there is, and a few signs become many in the key.
    compared = number_key(value) if name == "voter_number" else value
    if name in REQUIRED and not compared:
        return _("This must not be empty.")
    if max(len(value), len(compared)) > LENGTHS.get(name, 64):
        return _("This is too long.")
    if _CONTROL.search(value):
        return _("This holds a control character.")
    if name == "date_of_birth" and value:
        return _birth_date_flaw(value, today)
    return _email_flaw(value) if name == "email" and value else ""


def _lines(text: str, header: Header) -> Iterator[tuple[int, list[str]]]:
    """Each record below the header with the number of its first line: a cell may span several.

    Raises RollFileRefused.
    """
    stream = io.StringIO(text, newline="")
    stream.seek(header.body)
    reader = csv.reader(stream, delimiter=header.delimiter, strict=True)
    before = header.line - 1
    while True:
        start = before + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            words = _("This line cannot be read: a quotation mark is missing, or a cell is huge.")
            raise RollFileRefused([FileProblem(start, 1, words)]) from error
        if len(cells) > MAX_CELLS:
            raise RollFileRefused([too_wide()])
        if start > header.line:
            yield start, cells


def _row(
    line: int, cells: list[str], header: Header, today: dt.date
) -> tuple[list[FileProblem], RollRow]:
    stripped = [cell.strip() for cell in cells]
    named = {name: cell for name, cell in zip(header.names, stripped, strict=False) if name}
    values = {name: plain(cell) for name, cell in named.items()}
    if "username" in values:
        values["username"] = get_user_model().normalize_username(values["username"])
    row = RollRow(line, **{"voter_number": "", "name": "", **values})
    if _is_header(stripped, header):
        return [FileProblem(line, 1, _("The header stands here a second time."))], row
    misplaced = _misplaced(line, stripped, header)
    if misplaced:
        return [misplaced], row
    problems = [
        FileProblem(line, header.number_of(name), words)
        for name, cell in named.items()
        if (words := spoiled(name, cell) or flaw(name, values[name], today))
    ]
    return problems, row


def _is_header(cells: list[str], header: Header) -> bool:
    number = header.number_of("voter_number")
    if len(cells) < number or column_of(cells[number - 1]) != "voter_number":
        return False
    return [column_of(cell) for cell in cells if cell] == [name for name in header.names if name]


def _misplaced(line: int, cells: list[str], header: Header) -> FileProblem | None:
    """A line that is too short, or that holds something where the header names no column."""
    numbers = {"found": len(cells), "expected": len(header.names)}
    if len(cells) < header.needed_cells:
        words = _("This line has %(found)d columns and the header %(expected)d.") % numbers
        return FileProblem(line, len(cells) + 1, words)
    for number, cell in enumerate(cells, start=1):
        if number > len(header.names) and cell:
            words = _("This line has %(found)d columns and the header %(expected)d.") % numbers
            return FileProblem(line, number, words)
        if cell and not header.names[number - 1]:
            return FileProblem(line, number, _("The header has no name for this column."))
    return None


def _birth_date_flaw(value: str, today: dt.date) -> str:
    try:
        read_birth_date(value, today)
    except BirthDateRefused as refusal:
        return refusal.words
    return ""


def _email_flaw(value: str) -> str:
    try:
        validate_email(value)
    except ValidationError:
        return _("This is not an e-mail address.")
    return ""


def _repeated(rows: list[RollRow], header: Header) -> list[FileProblem]:
    """Voter numbers and user names that stand in more than one line."""
    problems = []
    for name, key in (("voter_number", number_key), ("username", account_key)):
        first_lines: dict[str, int] = {}
        for row in rows:
            value = key(getattr(row, name))
            if value and value in first_lines:
                words = _("This stands already in line %(line)d.") % {"line": first_lines[value]}
                problems.append(FileProblem(row.line, header.number_of(name), words))
            first_lines.setdefault(value, row.line)
    return problems
