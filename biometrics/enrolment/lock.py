"""Lets one enrolment decision be made at a time.

Otherwise two tasks that enrol one face for two voters could both find that nobody has it.
"""

from __future__ import annotations

from django.db import connection, transaction

# Any number will do that nothing else in this database uses for an advisory lock.
LOCK = 0x_FACE_0001


def lock_enrolment() -> None:
    """Take the lock until the transaction ends.

    SQLite needs no lock, because it runs one writing transaction at a time. Raises
    TransactionManagementError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("lock_enrolment() needs a transaction")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
