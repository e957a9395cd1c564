"""One version, wherever somebody looks for it."""

from __future__ import annotations

import subprocess
import sys
import tomllib

import pytest

from facevote.version import VERSION
from tests.support.places import BASE


def test_the_package_has_the_same():
    project = tomllib.loads((BASE / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["version"] == VERSION


def test_the_changes_name_it():
    assert f"\n## {VERSION}" in (BASE / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_command_line_tells_it_even_where_nothing_is_set_up():
    done = subprocess.run(
        [sys.executable, "manage.py", "--version"],
        cwd=BASE,
        env={"PATH": "/usr/bin", "DEBUG": "off"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == f"FaceVote {VERSION}\n"


@pytest.mark.django_db
def test_every_page_and_the_api_tell_it(client):
    assert f"<li>Version {VERSION}</li>" in client.get("/").text
    assert f"<li>Version {VERSION}</li>" in client.get("/no-such-page/").text
    assert client.get("/api/version/").json() == {"version": VERSION}
    assert client.get("/api/version/?more=1").status_code == 400
