"""Connections of SQLite go from thread to thread, and never where they could do harm."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading

import pytest
from django.db import connection

from facevote.sqlite import base
from facevote.sqlite.base import MAX_KEPT, DatabaseWrapper, IdleConnections


@pytest.fixture
def settings_of(tmp_path, django_db_blocker, monkeypatch):
    """Of a database that is not the tests' own, where nobody else's connection waits."""
    monkeypatch.setattr(base, "idle", IdleConnections())
    with django_db_blocker.unblock():
        yield database_at(tmp_path)


def database_at(tmp_path):
    return {
        **connection.settings_dict,
        "ENGINE": "facevote.sqlite",
        "NAME": str(tmp_path / "one.sqlite3"),
        "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL;"},
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "AUTOCOMMIT": True,
        "TIME_ZONE": None,
    }


def opened(settings):
    """The open connection, as a request's thread would have it."""
    wrapper = DatabaseWrapper(settings, "other")
    wrapper.ensure_connection()
    return wrapper


def in_another_thread(work):
    found = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


def ends(settings):
    """Open, note which connection it is, close."""
    wrapper = opened(settings)
    mine = wrapper.connection
    wrapper.close()
    return mine


def test_the_next_thread_takes_the_connection_over(settings_of):
    first = in_another_thread(lambda: ends(settings_of))

    assert in_another_thread(lambda: ends(settings_of)) is first


def test_two_at_once_have_one_each(settings_of):
    one, other = opened(settings_of), opened(settings_of)

    assert one.connection is not other.connection
    one.close()
    other.close()


def test_what_was_not_committed_does_not_wait_for_the_next(settings_of):
    first = opened(settings_of)
    first.connection.execute("CREATE TABLE told (what TEXT)")
    first.close()
    wrapper = opened(settings_of)
    wrapper.connection.execute("BEGIN IMMEDIATE")
    wrapper.connection.execute("INSERT INTO told VALUES ('half')")
    unfinished = wrapper.connection
    wrapper.close()

    after = opened(settings_of)

    assert after.connection is not unfinished
    assert after.connection.execute("SELECT count(*) FROM told").fetchone() == (0,)
    after.close()


def test_a_query_that_was_not_read_to_its_end_hides_nothing_from_the_next(settings_of):
    writer = opened(settings_of)
    with writer.cursor() as cursor:
        cursor.execute("CREATE TABLE told (what TEXT)")
        cursor.executemany("INSERT INTO told VALUES (%s)", [("one",), ("two",)])
    reader = opened(settings_of)
    unread = reader.cursor()
    unread.execute("SELECT what FROM told")
    assert unread.fetchone() == ("one",)
    left = reader.connection
    reader.close()
    with writer.cursor() as cursor:
        cursor.execute("INSERT INTO told VALUES ('three')")

    after = opened(settings_of)

    assert after.connection is left
    assert after.connection.execute("SELECT count(*) FROM told").fetchone() == (3,)
    after.close()
    writer.close()


def test_a_connection_that_failed_is_closed(settings_of):
    wrapper = opened(settings_of)
    failed = wrapper.connection
    wrapper.errors_occurred = True

    wrapper.close()

    assert opened(settings_of).connection is not failed


def test_a_new_file_at_the_same_path_has_a_connection_of_its_own(settings_of, tmp_path):
    before = ends(settings_of)
    for file in tmp_path.glob("one.sqlite3*"):
        file.rename(file.with_name(f"old-{file.name}"))

    after = opened(settings_of)

    assert after.connection is not before
    after.close()


def test_the_one_that_waited_longest_makes_room(tmp_path):
    path = str(tmp_path / "file")
    made = [sqlite3.connect(path) for _ in range(MAX_KEPT + 1)]
    made[0].execute("CREATE TABLE made_a_file (it TEXT)")
    idle = IdleConnections()

    assert all(idle.keep(path, one) for one in made)

    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        made[0].execute("SELECT 1")
    assert idle.take(path) is made[1]


def test_a_cursor_of_a_connection_that_was_closed_hinders_nobody(settings_of):
    wrapper = opened(settings_of)
    wrapper.connection.execute("BEGIN")
    left = wrapper.cursor()
    wrapper.close()

    wrapper.ensure_connection()
    wrapper.close()

    with pytest.raises(sqlite3.ProgrammingError):
        left.cursor.execute("SELECT 1")


def test_a_child_has_none_of_its_parents(tmp_path):
    path = tmp_path / "file"
    path.touch()
    idle = IdleConnections()
    idle.keep(str(path), sqlite3.connect(":memory:"))

    child = os.fork()
    if child == 0:
        os._exit(0 if idle.take(str(path)) is None else 1)

    assert os.waitpid(child, 0)[1] == 0
    assert idle.take(str(path)) is not None


def test_foreign_keys_are_watched_again(settings_of):
    wrapper = opened(settings_of)
    wrapper.disable_constraint_checking()
    wrapper.close()

    again = opened(settings_of)

    assert again.connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    again.close()


# Where SQLite keeps its shared lock: 510 bytes, two after the first GiB (its os.h).
TAKE_ALL = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)
    except OSError:
        print("held")
    else:
        print("free")
"""


def test_a_second_connection_leaves_the_first_ones_lock_on_the_file(settings_of):
    first = opened(settings_of)
    first.cursor().execute("CREATE TABLE t (x)")

    opened(settings_of).cursor().execute("SELECT * FROM t")

    asked = [sys.executable, "-c", TAKE_ALL, settings_of["NAME"]]
    answer = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "held"
    first.close()
