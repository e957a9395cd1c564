"""Text in the cells of files that people open in a spreadsheet, and what spreadsheets spoil."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext as _

_DANGEROUS: Final = re.compile(r"[=+\-@\t\r]")
_FORMULA: Final = re.compile(r'=\s*".*"', re.DOTALL)
_SCIENTIFIC: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
# In English and in German.
_ERRORS: Final = frozenset(
    [
        *("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"),
        *("#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#ÜBERLAUF!", "#KALK!", "#FIELD!", "#FELD!"),
    ]
)


def harmless(text: str) -> str:
    """The text with a leading apostrophe if a spreadsheet would take it for something else.

    Text that begins with apostrophes itself gets one more: so `plain` gives back every text.
    """
    return f"'{text}" if _needs_mark(text) else text


def plain(cell: str) -> str:
    """The text that `harmless` made this cell of."""
    return cell[1:] if cell.startswith("'") and _needs_mark(cell) else cell


def _needs_mark(text: str) -> bool:
    bare = text.lstrip("'")
    return bool(_DANGEROUS.match(bare) or spoiled("voter_number", bare))


def spoiled(column: str, cell: str) -> str:
    """How a spreadsheet has spoiled this cell, in words; empty if it has not."""
    if cell.upper() in _ERRORS or (len(cell) > 2 and not cell.strip("#")):
        return _("This is the error of a spreadsheet, “%(cell)s”.") % {"cell": cell[:20]}
    if _FORMULA.fullmatch(cell):
        return _("This is a formula of a spreadsheet. Save its value instead.")
    if column == "voter_number" and _SCIENTIFIC.fullmatch(cell):
        return _(
            "A spreadsheet has shortened this number, and digits of it are lost. "
            "Give the column the format “Text” and type the numbers again."
        )
    return ""
