"""Long writing in short transactions, so that the ballot box never waits long for the database."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, TypeVar

from django.db import connection, transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Item = TypeVar("Item")

# A transaction of so many rows is short on an idle machine. On a busy one there are fewer rows in
# each, so that it still takes about so many seconds.
MOST: Final = 250
LEAST: Final = 10
SECONDS: Final = 0.1
# SQLite lets one connection write at a time, and those who wait ask again every 0.1 seconds.
# Without a longer pause the next batch would nearly always come first, and voters would wait.
PAUSE_SECONDS: Final = 0.15


def write_in_batches(items: Sequence[Item], write: Callable[[Sequence[Item]], object]) -> None:
    """Call `write` for one batch after the other, each in a transaction of its own."""
    first, size = 0, MOST // 2
    while first < len(items):
        started = time.monotonic()
        with transaction.atomic():
            write(items[first : first + size])
        taken = time.monotonic() - started
        first += size
        size = next_size(size, taken)
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            time.sleep(max(PAUSE_SECONDS, taken))


def next_size(size: int, taken: float) -> int:
    """How many rows fit into the time that a batch may take, after `size` rows took `taken`."""
    fitting = int(size * SECONDS / max(taken, 0.001))
    return max(LEAST, min(MOST, 2 * size, fitting))
