"""How pages write a moment that is no template's own value: in the site's clock, with its zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.timezone import localtime

if TYPE_CHECKING:
    from datetime import datetime


def in_words(moment: datetime) -> str:
    return date_format(localtime(moment), "DATETIME_FORMAT")
