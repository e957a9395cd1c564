"""SQLite with connections that outlive the thread of a request.

Under ASGI each request runs in a thread of its own. Django would open a connection in each, with
four dozen functions registered, and where it is the only one, closing it folds the write-ahead log
back into the file: at little load, with every request.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from django.db.backends.sqlite3 import base

if TYPE_CHECKING:
    import sqlite3

MOST_KEPT = 8


@dataclass(frozen=True, slots=True)
class _File:
    """Another file may lie at the same path by now."""

    path: str
    device: int
    inode: int

    @classmethod
    def at(cls, path: str) -> _File | None:
        try:
            found = Path(path).stat()
        except OSError:
            return None
        return cls(path, found.st_dev, found.st_ino)


class Idle:
    """Open connections that nobody uses, in the process that opened them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: list[tuple[_File, sqlite3.Connection]] = []
        self._inherited: list[tuple[_File, sqlite3.Connection]] = []
        os.register_at_fork(after_in_child=self._leave_to_the_parent)

    def take(self, path: str) -> sqlite3.Connection | None:
        file = _File.at(path)
        with self._lock:
            place = next((at for at, (one, _) in enumerate(self._kept) if one == file), None)
            return None if place is None else self._kept.pop(place)[1]

    def keep(self, path: str, connection: sqlite3.Connection) -> bool:
        """False where the file is gone. The one that has waited longest makes room."""
        file = _File.at(path)
        if file is None:
            return False
        with self._lock:
            self._kept.append((file, connection))
            oldest = self._kept.pop(0)[1] if len(self._kept) > MOST_KEPT else None
        if oldest is not None:
            oldest.close()
        return True

    def _leave_to_the_parent(self) -> None:
        """SQLite's connections must neither be used nor closed by the child of who opened them."""
        self._lock = threading.Lock()
        self._inherited += self._kept
        self._kept = []


idle = Idle()


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
            return super().get_new_connection(conn_params)
        kept.execute("PRAGMA foreign_keys = ON")
        return kept

    def _close(self) -> None:
        """Keeps it for the next thread, unless it is in the middle of something or has failed."""
        self._close_cursors()
        connection = self.connection
        fit = connection is not None and not connection.in_transaction and not self.errors_occurred
        if not (fit and idle.keep(str(self.settings_dict["NAME"]), connection)):
            super()._close()  # type: ignore[misc]  # a base class that is not stubbed

    def _close_cursors(self) -> None:
        """One that was not read to its end would show the next thread an old state of things."""
        cursors, self._cursors = tuple(self._cursors), WeakSet()
        for cursor in cursors:
            cursor.close()
