from __future__ import annotations

import os
import shutil
import tempfile

# Before the settings are read: tests touch no data of this clone.
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="facevote-tests-")
os.environ["DEBUG"] = "on"
os.environ["WARM_ENGINE"] = "off"
if os.environ.get("REDIS_URL"):
    # Each process of a run that is spread has a Redis database of its own, as it has one of SQL.
    place, _, number = os.environ["REDIS_URL"].rpartition("/")
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for variable in ("REDIS_URL", "CELERY_BROKER_URL"):
        os.environ[variable] = f"{place}/{int(number) - process}"

import pytest
from hypothesis import settings as hypothesis_settings

from tests.support import guarded_tables, public_faces
from tests.support.whole_login import WholeLoginClient

# How long an example takes depends on what else the machine does; nothing here is a timed test.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")


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
def portraits():
    """Public-domain photographs by person. Where they were not fetched, the test fails."""
    try:
        for photo in public_faces.PHOTOS:
            photo.read()
    except public_faces.FacesMissing as error:
        pytest.fail(str(error), pytrace=False)
    return public_faces.PEOPLE


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


def pytest_unconfigure():
    shutil.rmtree(os.environ["DATA_DIR"], ignore_errors=True)


LONG = ("e2e", "slow", "race")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Files with long tests first: where files run side by side, none is left over at the end."""
    long = {item.path for item in items if any(map(item.get_closest_marker, LONG))}
    items.sort(key=lambda item: item.path not in long)
