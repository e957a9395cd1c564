"""The text of a roll's file. What is far too large is refused before any line of it is read."""

from __future__ import annotations

import codecs
from typing import Final

from django.utils.translation import gettext as _

from voting.roll.reading.problems import FileProblem, RollFileRefused, whole_file

MAX_ROWS: Final = 200_000
MAX_BYTES: Final = 40 * 1024 * 1024
# Lines may be empty, but not more of them than there may be voters.
MAX_LINES: Final = 2 * MAX_ROWS
BYTE_ORDER_MARK: Final = "\ufeff"


def decode(data: bytes) -> str:
    """The text of a UTF-8 file, or of a UTF-16 file with a byte order mark.

    Raises RollFileRefused for any other encoding, and for a file that is too large.
    """
    if len(data) > MAX_BYTES:
        raise RollFileRefused([whole_file(too_many())])
    text = _decoded(data).lstrip(BYTE_ORDER_MARK)
    if "\0" in text:
        raise RollFileRefused([whole_file(_("The file holds characters that no text has."))])
    if count_lines(text) > MAX_LINES:
        raise RollFileRefused([whole_file(too_many())])
    return text


def count_lines(text: str) -> int:
    """How many line ends of any kind there are."""
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def too_many() -> str:
    return _("The file is too large: a roll may have %(rows)d lines. Split it.") % {
        "rows": MAX_ROWS
    }


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif b"\0" in data[:4]:
        words = _(
            "This is UTF-16 (“Unicode text”) without its mark. "
            "Save the file as “CSV UTF-8” and try again."
        )
        raise RollFileRefused([whole_file(words)])
    else:
        encoding = "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        words = _("This is not UTF-8. Save the file as “CSV UTF-8” and try again.")
        raise RollFileRefused([FileProblem(line, 1, words)]) from error
