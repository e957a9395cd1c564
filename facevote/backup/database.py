"""The database as a stream of bytes, and back: SQLite's own copy, or PostgreSQL's dump."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.db import connection, connections

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE = 8 * 1024 * 1024


class DatabaseRefused(RuntimeError):
    """The database could not be read or written; the message says what its program said."""


def pieces() -> Iterator[bytes]:
    """Yield the whole database as it is at one moment, while the site goes on.

    Raises DatabaseRefused.
    """
    with _dump() if connection.vendor == "postgresql" else _copy() as stream:
        while piece := stream.read(PIECE):
            yield piece


def kind() -> str:
    """The database system of this site: "sqlite" or "postgresql"."""
    return str(connection.vendor)


def is_empty() -> bool:
    """Whether there is nothing that a restored database would overwrite: no person and no event."""
    tables = set(connection.introspection.table_names())
    return not any(
        table in tables and _has_rows(table) for table in ("accounts_user", "accounts_auditevent")
    )


def load(file: Path) -> None:
    """Replace the database by the one whose pieces are in `file`. All of it happens, or nothing.

    Raises DatabaseRefused.
    """
    connections.close_all()
    if connection.vendor == "postgresql":
        options = ["--clean", "--if-exists", "--no-owner", "--no-privileges"]
        options += ["--single-transaction", "--exit-on-error", "--dbname", _name()]
        _run(["pg_restore", *options, str(file)])
    else:
        _check_sqlite(file)
        database = Path(_name())
        for suffix in ("-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
        file.replace(database)


@contextmanager
def _copy() -> Iterator[IO[bytes]]:
    """SQLite's own copy of its file, which lies in DATA_DIR as the database does."""
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix=".backup-") as folder:
        copy = Path(folder) / "copy.sqlite3"
        try:
            with (
                closing(sqlite3.connect(f"file:{_name()}?mode=ro", uri=True)) as source,
                closing(sqlite3.connect(copy)) as target,
            ):
                source.backup(target)
        except sqlite3.Error as error:
            raise DatabaseRefused(f"SQLite: {error}") from error
        with copy.open("rb") as stream:
            yield stream


@contextmanager
def _dump() -> Iterator[IO[bytes]]:
    command = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", _name()]
    with tempfile.TemporaryFile() as said:
        try:
            program = subprocess.Popen(  # noqa: S603
                command, stdout=subprocess.PIPE, stderr=said, env=_environment()
            )
        except FileNotFoundError:
            raise DatabaseRefused("pg_dump is not installed (postgresql-client)") from None
        with program:
            if program.stdout is None:
                raise DatabaseRefused("pg_dump gives nothing")
            try:
                yield program.stdout
            except BaseException:
                program.kill()
                raise
        if program.returncode:
            said.seek(0)
            raise DatabaseRefused(f"pg_dump: {_last_line(said.read())}")


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(  # noqa: S603
            command, env=_environment(), capture_output=True, check=False
        )
    except FileNotFoundError:
        raise DatabaseRefused(f"{command[0]} is not installed (postgresql-client)") from None
    if done.returncode:
        raise DatabaseRefused(f"{command[0]}: {_last_line(done.stderr)}")


def _last_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it failed"


def _name() -> str:
    return str(connection.settings_dict["NAME"])


def _environment() -> dict[str, str]:
    """The connection's settings as PostgreSQL's programs take them: no password in a command."""
    given = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    return os.environ | {name: str(given[key]) for name, key in names.items() if given.get(key)}


def _has_rows(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")  # noqa: S608
        return cursor.fetchone() is not None


def _check_sqlite(file: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            found = database.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as error:
        raise DatabaseRefused(f"SQLite: {error}") from error
    if found != "ok":
        raise DatabaseRefused(f"SQLite: {found}")
