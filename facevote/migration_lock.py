"""Of several hosts that start at once, one migrates the database, and the others wait for it."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# An arbitrary number, the same on every host.
LOCK = 0x4D696772


@contextmanager
def only_one_migrates(database: str, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the lock of the database `database` (a name in DATABASES) for the block.

    `waiting` is called once if another process has it. The lock is one of the connection, so it
    ends with a process that dies; behind a pooler that shares connections it protects nothing.
    """
    if connections[database].vendor == "postgresql":
        with _advisory_lock(database, waiting):
            yield
    else:
        with _locked_file(waiting):
            yield


@contextmanager
def _advisory_lock(database: str, waiting: Callable[[], None]) -> Iterator[None]:
    with connections[database].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            waiting()
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@contextmanager
def _locked_file(waiting: Callable[[], None]) -> Iterator[None]:
    with (settings.DATA_DIR / "migrate.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
