"""The server never holds a choice: not in a request, the database, its write-ahead log or a log."""

from __future__ import annotations

import json
import logging

import pytest
from django.db import connection
from django.urls import reverse

from tests.support.polls import open_poll

MARKS = ("choice-1", "choice-2", "choice-3", "Ada", "Ben", "Cleo")


def stored_bytes():
    """Every byte of the database, the write-ahead log included."""
    if connection.vendor != "sqlite":
        pytest.skip("reads SQLite's files")
    name = str(connection.settings_dict["NAME"])
    files = [name, f"{name}-wal"]
    found = b""
    for file in files:
        try:
            with open(file, "rb") as stream:  # noqa: PTH123
                found += stream.read()
        except FileNotFoundError:
            continue
    return found


def test_the_bodies_that_are_posted_name_no_choice(poll):
    bodies = [poll.encrypt(0, f"choice-{n}").ballot.to_json() for n in (1, 2, 3)]

    for body in bodies:
        assert not any(mark.encode() in body for mark in MARKS)
    shapes = {json.dumps(shape(json.loads(body))) for body in bodies}
    assert len(shapes) == 1


def shape(value):
    """What can be seen of a ballot without its numbers: names, and how long each value is."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value]
    return len(value) if isinstance(value, str) else type(value).__name__


def test_what_is_stored_does_not_tell_one_choice_from_another(unguarded_after, client, caplog):
    caplog.set_level(logging.DEBUG)
    poll = open_poll(voters=2)
    before = stored_bytes()
    counts = {}
    for number, chosen in enumerate(("choice-1", "choice-3")):
        poll.cast(number, chosen)
    after = stored_bytes()

    for mark in MARKS:
        counts[mark] = after.count(mark.encode()) - before.count(mark.encode())
    # Pages are rewritten whole, so copies may come and go, but not for one choice alone.
    assert counts["choice-1"] == counts["choice-2"] == counts["choice-3"]
    assert not any(mark in record.getMessage() for record in caplog.records for mark in MARKS[:3])


def test_a_cast_that_names_a_choice_is_refused_unread(client, poll):
    client.force_login(poll.users[0], "django.contrib.auth.backends.ModelBackend")

    answer = client.post(
        reverse("voting:cast", args=[poll.election.slug]),
        json.dumps({"contest-1": ["choice-1"]}),
        content_type="application/json",
    )

    assert answer.status_code in {302, 403, 409}
    assert not poll.entry().has_voted
