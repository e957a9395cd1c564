"""Many calls at the same moment, each with a database connection of its own."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from django.db import connection, connections

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")


# On a slow machine forty writers wait longer for SQLite's one write lock than a site lets them.
PATIENCE = 60


def _wait_for_the_lock(seconds: float) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")


def at_once(number: int, call: Callable[[int], Result]) -> list[Result]:
    """Call it with 0, 1, ... from as many threads, which begin together; the results in order."""
    ready = threading.Barrier(number)

    def wait_and_call(place: int) -> Result:
        _wait_for_the_lock(PATIENCE)
        ready.wait(30)
        try:
            return call(place)
        finally:
            # Later tests take the connection over.
            _wait_for_the_lock(connection.settings_dict["OPTIONS"].get("timeout", 5))
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(wait_and_call, range(number)))
