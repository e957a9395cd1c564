from __future__ import annotations

import os
import tempfile

# Before the settings are read: tests touch no data of this clone.
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="facevote-tests-")
os.environ["DEBUG"] = "on"
os.environ["WARM_ENGINE"] = "off"

import pytest

from tests import guarded_tables
from tests.whole_login import WholeLoginClient


@pytest.fixture(autouse=True)
def unhashed_static_files(settings):
    """Pages are rendered without collectstatic having run."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def client():
    """Its force_login() stands for a sign-in with every step."""
    return WholeLoginClient()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Tests with many threads need a file: SQLite's memory is locked as a whole."""
    from django.db import connections

    for connection in connections.all():
        if connection.vendor == "sqlite":
            connection.settings_dict["TEST"]["NAME"] = f"{os.environ['DATA_DIR']}/tests.sqlite3"


@pytest.fixture
def unguarded_after(transactional_db):
    """For a test that commits: the guards would refuse to have their tables emptied."""
    yield
    guarded_tables.empty()
