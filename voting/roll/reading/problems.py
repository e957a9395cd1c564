"""What is wrong with a roll's file, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def whole_file(words: str) -> FileProblem:
    return FileProblem(0, 0, words)
