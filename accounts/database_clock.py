"""The time by the database's clock, on which all hosts of a site agree.

Tickets, grants, overrides and the closing of an election are decided on by it. Otherwise a host
whose clock jumps would hand out tickets that live longer, or take ballots after the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone

if TYPE_CHECKING:
    from datetime import datetime


def database_now() -> datetime:
    """The time now, also within a transaction. SQLite runs in this process, by the host's clock."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment
