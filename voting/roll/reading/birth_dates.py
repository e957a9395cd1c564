"""Dates of birth as text: one form only, and only dates on which a voter can have been born."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from django.utils.translation import gettext as _

from voting.models import is_birth_date

# Python reads week dates and dates without hyphens as well; no page of ours names those forms.
_FORM: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class BirthDateRefused(ValueError):
    """`words` says why."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def read_birth_date(text: str, today: dt.date) -> dt.date:
    """Raises BirthDateRefused."""
    if not _FORM.fullmatch(text):
        raise BirthDateRefused(_("This is not a date; write it like 1980-12-31."))
    try:
        date = dt.date.fromisoformat(text)
    except ValueError as error:
        raise BirthDateRefused(_("This is not a date; write it like 1980-12-31.")) from error
    if not is_birth_date(date, today):
        raise BirthDateRefused(_("No voter was born on this day."))
    return date
