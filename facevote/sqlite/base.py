"""SQLite with connections that are reused by later requests.

Under ASGI each request runs in a thread of its own, and Django opens a connection in each thread.
That costs the registration of about fifty functions. Closing costs too: when the last connection
closes, SQLite folds the write-ahead log back into the file. At low load that happens after every
request.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from django.db.backends.sqlite3 import base

if TYPE_CHECKING:
    import sqlite3

MAX_KEPT = 8


@dataclass(frozen=True, slots=True)
class _File:
    """Identifies a database file: another one may be at the same path by now."""

    path: str
    device: int
    inode: int

    @classmethod
    def at(cls, path: str) -> _File | None:
        try:
            status = Path(path).stat()
        except OSError:
            return None
        return cls(path, status.st_dev, status.st_ino)


class IdleConnections:
    """Open connections that no thread uses now. They stay in the process that opened them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: list[tuple[_File, sqlite3.Connection]] = []
        self._inherited: list[tuple[_File, sqlite3.Connection]] = []
        os.register_at_fork(after_in_child=self._leave_to_parent)

    def take(self, path: str) -> sqlite3.Connection | None:
        """An idle connection to the file that is at this path now, or None."""
        file = _File.at(path)
        with self._lock:
            for index, (kept_file, _connection) in enumerate(self._kept):
                if kept_file == file:
                    return self._kept.pop(index)[1]
        return None

    def keep(self, path: str, connection: sqlite3.Connection) -> bool:
        """Keep a connection; close the oldest if there are too many. False if the file is gone."""
        file = _File.at(path)
        if file is None:
            return False
        with self._lock:
            self._kept.append((file, connection))
            oldest = self._kept.pop(0)[1] if len(self._kept) > MAX_KEPT else None
        if oldest is not None:
            oldest.close()
        return True

    def _leave_to_parent(self) -> None:
        """A forked child must neither use nor close the parent's connections."""
        self._lock = threading.Lock()
        self._inherited += self._kept
        self._kept = []


idle = IdleConnections()


def _keep_private(path: str) -> None:
    """Create the file, if it is missing, so that only its owner can read it; mend an older one.

    SQLite gives the files beside it (the write-ahead log and its index) the modes of the file. A
    file that exists is never opened here: closing it again would drop the locks that SQLite's own
    connections of this process hold on it, and another process could delete the log under them.
    """
    if path == ":memory:" or path.startswith("file:"):
        return
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    for file in (Path(path), Path(f"{path}-wal"), Path(f"{path}-shm")):
        if file.exists() and file.stat().st_mode & 0o077:
            file.chmod(0o600)


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._cursors: WeakSet[Any] = WeakSet()

    def create_cursor(self, name: Any = None) -> Any:
        cursor = super().create_cursor(name)
        self._cursors.add(cursor)
        return cursor

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        kept = idle.take(str(conn_params["database"]))
        if kept is None:
            _keep_private(str(conn_params["database"]))
            return super().get_new_connection(conn_params)
        kept.execute("PRAGMA foreign_keys = ON")
        return kept

    def _close(self) -> None:
        """Keep the connection for another thread, unless it is in a transaction or has failed."""
        self._close_cursors()
        connection = self.connection
        reusable = (
            connection is not None and not connection.in_transaction and not self.errors_occurred
        )
        if not (reusable and idle.keep(str(self.settings_dict["NAME"]), connection)):
            super()._close()  # type: ignore[misc]  # a base class that is not stubbed

    def _close_cursors(self) -> None:
        """Close all cursors: an unfinished one would show the next thread an old snapshot."""
        cursors, self._cursors = tuple(self._cursors), WeakSet()
        for cursor in cursors:
            cursor.close()
