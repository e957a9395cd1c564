"""Who may do what stands in a table. The whole of it is tried on a real server."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.attacks import matrix
from benchmarks.attacks.routes import all_routes
from tests.support.places import BASE

TABLE = matrix.read_table()
# Signing in and out, and the words of Django's own scripts.
FOR_EVERYBODY = ("login", "logout", "jsi18n")


def test_the_table_has_every_address_of_the_site_and_no_other():
    there = {f"{how} /{route.pattern}" for how in matrix.METHODS for route in all_routes()}

    assert set(TABLE) == there


def test_nothing_in_the_table_is_broken_and_no_stranger_is_in_the_administration():
    assert not [what for what, row in TABLE.items() if "broken" in row.values()]
    inside = {
        what
        for what, row in TABLE.items()
        if " /admin/" in what and "in" in {row["stranger"], row["voter"], row["program"]}
    }

    assert not {what for what in inside if not any(word in what for word in FOR_EVERYBODY)}


def test_the_auditor_changes_nothing_that_no_other_role_changes():
    """A post that lets the auditor in lets in everybody who signs in, or shows a list."""
    alone = {
        what
        for what, row in TABLE.items()
        if what.startswith("POST /admin/")
        and row["auditor"] == "in"
        and "no" in {row["registrar"], row["election officer"]}
    }

    assert not {what for what in alone if "/add/" in what or "/delete/" in what or "/step/" in what}


def test_everybody_gets_on_a_real_server_what_the_table_says():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.attacks.matrix", "--json"],
        cwd=BASE,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
