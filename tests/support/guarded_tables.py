"""Empties the tables that triggers protect, after a test that really committed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.utils import CursorWrapper

# A table comes before those that its foreign keys point to.
TABLES = [
    "voting_result",
    "voting_countprogress",
    "voting_spoiledballot",
    "voting_usedciphertext",
    "voting_castballot",
    "voting_boardevent",
    "voting_board",
    "voting_electionsecret",
    "voting_trustee",
    "voting_detailsattempts",
    "voting_voterrollentry",
    "voting_rollchange",
    "voting_choicepicture",
    "voting_choice",
    "voting_contest",
    "voting_rollimport",
    "voting_freezeorder",
    "voting_jointstep",
    "voting_registrar",
    "voting_witness",
    "voting_election",
    "accounts_auditevent",
]


def empty() -> None:
    """Call it before pytest flushes the database, that is before `transactional_db` ends."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _empty_postgresql(cursor)
        else:
            _empty_sqlite(cursor)


def _empty_postgresql(cursor: CursorWrapper) -> None:
    for table in TABLES:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for table in TABLES:
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - the names are constants
    for table in TABLES:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _empty_sqlite(cursor: CursorWrapper) -> None:
    with _without_triggers(cursor):
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - the names are constants


@contextmanager
def unguarded() -> Iterator[CursorWrapper]:
    """A cursor without triggers, as only a database administrator can have."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            yield cursor
            cursor.execute("SET session_replication_role = origin")
        else:
            with _without_triggers(cursor):
                yield cursor


@contextmanager
def _without_triggers(cursor: CursorWrapper) -> Iterator[None]:
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = cursor.fetchall()
    for name, _sql in triggers:
        cursor.execute(f"DROP TRIGGER {name}")
    yield
    for _name, sql in triggers:
        cursor.execute(sql)
