"""Fields for a date with a time: labels for screen readers, the site's zone, a sensible range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    import datetime as dt

# A year outside is a slip of the finger, and year 1 has no time in all zones.
YEARS = range(2000, 2101)


class NamedDateTime(AdminSplitDateTime):
    """Date and time in two fields, each with a label of its own for screen readers."""

    def __init__(self, name: str) -> None:
        super().__init__()
        for part, widget in zip((_("date"), _("time")), self.widgets, strict=True):
            widget.attrs["aria-label"] = f"{name}: {part}"


class MomentField(forms.SplitDateTimeField):
    def compress(self, data_list: Any) -> dt.datetime | None:
        if data_list and data_list[0] and data_list[0].year not in YEARS:
            raise forms.ValidationError(self.error_messages["invalid_date"], code="invalid_date")
        return super().compress(data_list)


def with_zone(help_text: object) -> str:
    """The help text of such a field, and in which zone it is entered."""
    words = _("Times of the zone %(zone)s.") % {"zone": timezone.get_current_timezone_name()}
    return f"{help_text} {words}".strip()
