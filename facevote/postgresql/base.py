"""PostgreSQL with a pool that tells a database that is away from one that is busy.

A request waits for a connection of the pool. While all of them work, it waits on: many voters come
at once. But when new connections fail, waiting is no help, and the person is told so soon.
"""

from __future__ import annotations

import time
from typing import Any, ClassVar

from django.db.backends.postgresql import base
from psycopg_pool import PoolTimeout

# As long as psycopg's pool waits if nothing else is said.
BUSY_SECONDS = 30.0
# A failed attempt to connect tells that the database is away for so long; then it may be back.
AWAY_SECONDS = 4.0


class DatabaseWrapper(base.DatabaseWrapper):
    # How many attempts to connect have failed in this process, and when that was last found out.
    _failures: ClassVar[tuple[int, float]] = (0, -AWAY_SECONDS)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        until = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                return super().get_new_connection(conn_params)
            except PoolTimeout:
                if self._is_away() or time.monotonic() > until:
                    raise

    def _is_away(self) -> bool:
        """Whether the pool has failed to connect just now."""
        failed = int(self.pool.get_stats().get("connections_errors", 0))
        if failed > self._failures[0]:
            DatabaseWrapper._failures = (failed, time.monotonic())
        return time.monotonic() - self._failures[1] < AWAY_SECONDS
