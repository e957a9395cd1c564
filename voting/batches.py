"""Long writing in short transactions, so that the ballot box never waits long for the database."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, TypeVar

from django.db import connection, transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Item = TypeVar("Item")

# At this size a transaction takes about a tenth of a second on a slow machine.
BATCH: Final = 250
# SQLite lets one connection write at a time, and those who wait ask again every 0.1 seconds.
# Without a longer pause the next batch would nearly always come first, and voters would wait.
PAUSE_SECONDS: Final = 0.15


def write_in_batches(items: Sequence[Item], write: Callable[[Sequence[Item]], None]) -> None:
    """Call `write` for one batch after the other, each in a transaction of its own."""
    for first in range(0, len(items), BATCH):
        with transaction.atomic():
            write(items[first : first + BATCH])
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            time.sleep(PAUSE_SECONDS)
