"""Every line of the ten minutes in docs/operations.md is run, as one script in an empty home."""

from __future__ import annotations

import os
import shutil

import pytest

from benchmarks.durability.fresh_account import LEFT_OUT, PARTS
from benchmarks.harness import operators_path
from benchmarks.harness.throwaway import postgresql_answers
from tests.support.places import BASE

# Newer than what they describe, `make install` would install into the folders that are linked here.
DESCRIBING = ("requirements/run.txt", "package.json", "package-lock.json")


@pytest.fixture
def project(tmp_path):
    """The project as it is cloned, with the packages that are installed here."""
    for stamp in (".venv/.run-installed", "node_modules/.run-installed"):
        if not (BASE / stamp).exists():
            pytest.skip("needs the packages that `make install` installs")
    source = tmp_path / "source"
    shutil.copytree(BASE, source, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
    for folder in (".venv", "node_modules"):
        (source / folder).symlink_to((BASE / folder).resolve())
    for name in DESCRIBING:
        os.utime(source / name, (0, 0))
    return source


def test_it_takes_a_bare_account_to_a_site_that_answers(project, tmp_path):
    if not postgresql_answers() or shutil.which("createdb") is None:
        pytest.skip("needs PostgreSQL at TEST_DATABASE_URL, and its programs")
    home = tmp_path / "home"
    home.mkdir()

    outcome = operators_path.run(project, home)

    assert outcome.code == 0, outcome.printed
    assert len(outcome.seconds) == len(PARTS) == len(operators_path.parts())
    for said in (
        "Keys: made in",
        "migrations run",
        '"ready": true',
        "<li>Version ",
        "database     well",
        "System check identified",
    ):
        assert said in outcome.printed, outcome.printed
    assert (home / "facevote" / ".env").stat().st_mode & 0o777 == 0o600


def test_the_page_replaces_nothing_that_the_test_does_not_know():
    text = "".join(operators_path.parts())

    for written in (operators_path.CLONE, operators_path.PORT, operators_path.NAME):
        assert written in text
    assert operators_path.DATABASE in text
