"""A form field for a date of birth, typed as day, month and year.

A calendar widget would make somebody born in 1950 page back through seventy-five years.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.safestring import SafeString

# Suffix of the field, label, value of the autocomplete attribute, number of digits.
PARTS = (
    ("day", _("Day"), "bday-day", 2),
    ("month", _("Month"), "bday-month", 2),
    ("year", _("Year"), "bday-year", 4),
)


class BirthDateInput(forms.Widget):
    use_fieldset = True

    def id_for_label(self, id_: str, index: object = None) -> str:
        return f"{id_}_day" if id_ else id_

    def render(
        self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        typed = _parts_of(value)
        parts = [
            {"key": key, "label": label, "complete": complete, "digits": digits, "value": text}
            for (key, label, complete, digits), text in zip(PARTS, typed, strict=True)
        ]
        context = {"name": name, "id": (attrs or {}).get("id", name), "attrs": attrs or {}}
        return render_to_string("voting/_birth_date.html", {**context, "parts": parts})

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str | None:
        """The date in ISO form, from the three fields or from one field that holds 1950-12-31."""
        day, month, year = (str(data.get(f"{name}_{key}", "")).strip() for key, *_ in PARTS)
        if not day and not month and not year:
            return data.get(name)
        return f"{year}-{month.zfill(2)}-{day.zfill(2)}"

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not any(key in data for key in (name, *(f"{name}_{part[0]}" for part in PARTS)))


class BirthDateField(forms.DateField):
    widget = BirthDateInput
    default_error_messages = {
        "invalid": _("This is no date. Type it like 31, 12 and 1950: the year with four digits.")
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)


def _parts_of(value: Any) -> tuple[str, str, str]:
    """Day, month and year of a date or of what was typed, to be shown in the form again."""
    if isinstance(value, dt.date):
        return str(value.day), str(value.month), str(value.year)
    year, _mark, rest = str(value or "").partition("-")
    month, _mark, day = rest.partition("-")
    return day.lstrip("0"), month.lstrip("0"), year
