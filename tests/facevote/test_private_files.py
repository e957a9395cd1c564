"""Nobody else on the machine reads the database, or looks into the folder of the data."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings as site_settings

from facevote.checks import check_production
from facevote.environment import Environment
from tests.support.places import BASE


def mode(path):
    return path.stat().st_mode & 0o777


@pytest.fixture
def data(tmp_path):
    """The data folder of a clone that was migrated once, under the usual mask."""
    folder = tmp_path / "data"
    migrate(folder)
    return folder


def migrate(folder):
    environment = {**os.environ, "DATA_DIR": str(folder), "DATABASE_URL": "", "REDIS_URL": ""}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "auth", "--verbosity", "0"],
        cwd=BASE,
        env={name: value for name, value in environment.items() if value},
        check=True,
        umask=0o022,
    )


def test_a_new_database_and_its_folder_are_its_owners_alone(data):
    assert mode(data) == 0o700
    assert {mode(file) for file in data.glob("facevote.sqlite3*")} == {0o600}


def test_a_database_from_before_is_mended(data):
    database = data / "facevote.sqlite3"
    database.chmod(0o644)

    migrate(data)

    assert mode(database) == 0o600


def test_the_default_folder_is_mended_and_one_that_the_operator_made_is_left(tmp_path):
    default, named = tmp_path / "var", tmp_path / "named"
    for folder in (default, named):
        folder.mkdir()
        folder.chmod(0o755)

    Environment(tmp_path / ".env").folder("NO_SUCH_VARIABLE", default=default)
    assert mode(default) == 0o700
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SOME_FOLDER", str(named))
        Environment(tmp_path / ".env").folder("SOME_FOLDER", default=default)
    assert mode(named) == 0o755


def test_the_check_of_a_deployment_warns_if_one_official_is_enough(settings):
    assert site_settings.SECOND_OFFICIAL
    settings.SECOND_OFFICIAL = False

    assert "facevote.W003" in {message.id for message in check_production(None)}
