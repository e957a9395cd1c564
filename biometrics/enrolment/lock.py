"""One enrolment decision at a time: two tasks must not both find a new face unknown."""

from __future__ import annotations

from django.db import connection, transaction

# Any number that nothing else in this database locks by.
LOCK = 0x_FACE_0001


def lock_enrolment() -> None:
    """Held until the transaction ends. SQLite needs none: its transactions begin with the lock."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("lock_enrolment() needs a transaction")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
