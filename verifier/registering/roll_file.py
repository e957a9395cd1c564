"""The file of voters that the site exports for a registrar.

It is a CSV file in UTF-8 whose first line names the columns. `voter_number` and `name` must be
there; `district` may be. All columns whose names begin with `address` are the lines of a postal
address, in their order: the registrar adds them. Every fault is named with its line.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.rules.strict import Problem, require
from verifier.rules.texts import plain_text

if TYPE_CHECKING:
    from pathlib import Path

REQUIRED = ("voter_number", "name")
OPTIONAL = ("district",)
ADDRESS = "address"
MAX_NUMBER = 64
MAX_CELL = 200


@dataclass(frozen=True, slots=True)
class Person:
    """One voter of the file."""

    number: str
    name: str
    address: list[str]


def read_people(path: Path) -> list[Person]:
    """The voters of a file. Raises OSError, or Problem or another of FAULTS, and names the line."""
    text = path.read_bytes().decode("utf-8-sig")
    delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns = [cell.strip().casefold() for cell in next(rows, [])]
    _check_columns(columns)
    people: list[Person] = []
    seen: set[str] = set()
    for cells in rows:
        if any(cell.strip() for cell in cells):
            person = _read_row(cells, columns, rows.line_num)
            require(person.number not in seen, f"line {rows.line_num}: {person.number} again")
            seen.add(person.number)
            people.append(person)
    return people


def _check_columns(columns: list[str]) -> None:
    for name in REQUIRED:
        require(name in columns, f"line 1: the column {name} is missing")
    for name in columns:
        known = name in REQUIRED + OPTIONAL or name.startswith(ADDRESS)
        require(known, f"line 1: there is no column of the name {name!r:.50}")
        require(columns.count(name) == 1, f"line 1: the column {name} stands twice")


def _read_row(cells: list[str], columns: list[str], line: int) -> Person:
    require(len(cells) == len(columns), f"line {line}: not {len(columns)} columns")
    row = {name: cell.strip() for name, cell in zip(columns, cells, strict=True)}
    try:
        plain_text(row["voter_number"], MAX_NUMBER)
        for cell in filter(None, row.values()):
            plain_text(cell, MAX_CELL)
    except Problem as error:
        raise Problem(f"line {line}: {error}") from error
    require(row["name"], f"line {line}: the name is empty")
    address = [row[name] for name in columns if name.startswith(ADDRESS) and row[name]]
    return Person(row["voter_number"], row["name"], address)
