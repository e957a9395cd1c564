"""Celery's clock, of which every host may run one: only the holder of a lease sends tasks."""

from __future__ import annotations

import logging
import time
from typing import Any

from celery.beat import Scheduler
from django.db import DatabaseError, InterfaceError, close_old_connections

from facevote import leases

logger = logging.getLogger(__name__)

NAME = "beat"
# How often the holder says that it is there, and the others ask.
ASK_SECONDS = 5.0


class OneBeat(Scheduler):
    """The usual scheduler, silent while another process holds the lease.

    Its times are in memory, because Celery's other scheduler keeps them in a file that it
    unpickles. After a change of the holder every task is sent once at once; all are made for that.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._holder = leases.new_holder()
        self._holds = False
        self._asked_at = -ASK_SECONDS

    def tick(self, *args: Any, **options: Any) -> float:
        """Send what is due, if this is the site's clock. Return the seconds to the next tick."""
        if not self._is_the_clock():
            return ASK_SECONDS
        return min(float(super().tick(*args, **options)), ASK_SECONDS)

    def close(self) -> None:
        """Let another process be the clock at once."""
        super().close()
        if self._holds:
            self._holds = False
            try:
                leases.release(NAME, self._holder)
            except (DatabaseError, InterfaceError):
                logger.warning("The lease of the clock was not given up; it ends by itself")

    def _is_the_clock(self) -> bool:
        if time.monotonic() - self._asked_at < ASK_SECONDS:
            return self._holds
        self._asked_at = time.monotonic()
        try:
            holds = leases.hold(NAME, self._holder)
        except (DatabaseError, InterfaceError):
            # Its tasks could do nothing either.
            close_old_connections()
            logger.warning("The database is away: this clock sends nothing")
            holds = False
        if holds != self._holds:
            logger.warning("This process %s the clock of the site", "is" if holds else "is not")
        self._holds = holds
        return holds
