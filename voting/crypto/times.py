"""Hours and moments as the board and the manifest write them. docs/cryptography.md, section 2."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

_MOMENT = re.compile(r"[2-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z")


def hour_of(moment: dt.datetime) -> str:
    """The hour of an aware datetime, in UTC. The board shows no finer time."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:00Z")


def moment_of(moment: dt.datetime) -> str:
    """The minute of an aware datetime, in UTC."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%MZ")


def read_moment(value: str) -> dt.datetime:
    """The aware datetime of a moment or an hour. Raises ValueError for other texts."""
    return dt.datetime.strptime(value, "%Y-%m-%dT%H:%MZ").replace(tzinfo=dt.UTC)


def is_moment(value: Any) -> bool:
    """Whether `value` is a moment: a minute of an existing day from year 2000 on, in UTC."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return False
    try:
        read_moment(value)
    except ValueError:
        return False
    return True


def is_hour(value: Any) -> bool:
    """Whether `value` is an hour: a moment whose minutes are 00."""
    return is_moment(value) and value.endswith(":00Z")
