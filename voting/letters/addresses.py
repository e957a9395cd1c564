"""The file of postal addresses for letters on paper: the roll holds none.

A CSV file with the column `voter_number`; every other column is a line of the address, in order.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Final

from django.utils.translation import gettext as _

from voting.models import number_key
from voting.refusals import StepRefused
from voting.roll.reading.problems import RollFileRefused
from voting.roll.reading.text import decode

NUMBER: Final = "voter_number"
# A window takes nine lines (DIN 5008), three of them for the sender.
MOST_LINES: Final = 5
LONGEST: Final = 60


def read_addresses(data: bytes) -> dict[str, list[str]]:
    """The lines of each address, by the key of the voter number. Raises StepRefused."""
    try:
        text = decode(data)
    except RollFileRefused as refusal:
        raise StepRefused(*refusal.problems) from refusal
    first_line = text.partition("\n")[0]
    delimiter = max(",;\t", key=first_line.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise StepRefused(_("This is no CSV file.")) from error
    header = [cell.strip().casefold() for cell in rows[0]] if rows else []
    if header.count(NUMBER) != 1:
        raise StepRefused(_("The file needs one column “voter_number”."))
    return _by_number(rows, header.index(NUMBER))


def to_json(addresses: dict[str, list[str]]) -> bytes:
    return json.dumps(addresses, ensure_ascii=False).encode()


def _by_number(rows: list[list[str]], column: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        key = number_key(row[column]) if column < len(row) else ""
        if not key or key in found:
            words = _("Line %(line)d: the voter number is missing or stands twice.")
            raise StepRefused(words % {"line": line})
        cells = [cell.strip() for place, cell in enumerate(row) if place != column]
        lines = [cell for cell in cells if cell]
        if len(lines) > MOST_LINES or any(len(cell) > LONGEST for cell in lines):
            words = _(
                "Line %(line)d: an address has at most %(most)d lines of %(long)d characters."
            )
            raise StepRefused(words % {"line": line, "most": MOST_LINES, "long": LONGEST})
        found[key] = lines
    return found
