"""What in a roll's file is allowed and probably wrong: an official must confirm it."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from voting.roll.plan import Plan, PlannedRow

LINES_NAMED: Final = 10
_DECIMAL: Final = re.compile(r"\d+[.,]0")


def doubts_of(plan: Plan) -> list[str]:
    """A sentence for each, with the lines it is about."""
    found = [_decimals(plan.rows), _lengths(plan.rows), *_emptied(plan.rows)]
    return [sentence for sentence in found if sentence]


def _decimals(rows: list[PlannedRow]) -> str:
    lines = [row.line for row in rows if _DECIMAL.fullmatch(row.after.voter_number)]
    if not lines:
        return ""
    words = _("Voter numbers end in “.0”, as spreadsheets spoil them (%(lines)s).")
    return words % {"lines": _named(lines)}


def _lengths(rows: list[PlannedRow]) -> str:
    """Where numbers are filled up with zeros, a shorter one has lost its zeros."""
    numbers = [(row.line, row.after.voter_number) for row in rows]
    digits = [(line, number) for line, number in numbers if re.fullmatch(r"[0-9]+", number)]
    if not any(number.startswith("0") and len(number) > 1 for _line, number in digits):
        return ""
    lengths = Counter(len(number) for _line, number in digits)
    usual = lengths.most_common(1)[0][0]
    lines = [line for line, number in digits if len(number) != usual]
    if not lines:
        return ""
    words = _(
        "Voter numbers have different lengths: most have %(usual)d digits, others do not "
        "(%(lines)s). A spreadsheet may have removed zeros at the beginning."
    )
    return words % {"usual": usual, "lines": _named(lines)}


def _emptied(rows: list[PlannedRow]) -> list[str]:
    """What the roll knows now and would no longer know, because a cell of the file is empty."""
    lines: dict[str, list[int]] = {}
    for row in rows:
        for column in row.emptied():
            lines.setdefault(column, []).append(row.line)
    return [
        ngettext(
            "“%(column)s” of %(count)d voter would become empty (%(lines)s).",
            "“%(column)s” of %(count)d voters would become empty (%(lines)s).",
            len(at),
        )
        % {"column": column, "count": len(at), "lines": _named(at)}
        for column, at in lines.items()
    ]


def _named(lines: list[int]) -> str:
    shown = ", ".join(str(line) for line in lines[:LINES_NAMED])
    more = len(lines) - LINES_NAMED
    return (
        _("lines %(lines)s and %(more)d more") % {"lines": shown, "more": more}
        if more > 0
        else ngettext("line %(lines)s", "lines %(lines)s", len(lines)) % {"lines": shown}
    )
