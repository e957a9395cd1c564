from __future__ import annotations

import os
import shutil
import tempfile
from typing import TYPE_CHECKING

# Set before Django reads its settings: tests must not touch the data of this clone.
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="facevote-tests-")
os.environ["DEBUG"] = "on"
os.environ["WARM_ENGINE"] = "off"
if os.environ.get("REDIS_URL"):
    # When pytest runs in several processes, each has its own SQL database, and so its own Redis
    # database too.
    place, _, number = os.environ["REDIS_URL"].rpartition("/")
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for variable in ("REDIS_URL", "CELERY_BROKER_URL"):
        os.environ[variable] = f"{place}/{int(number) - process}"

import pytest
from django.utils import timezone
from hypothesis import settings as hypothesis_settings

from tests.support import guarded_tables, public_faces
from tests.support.whole_login import WholeLoginClient

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from pytest_django import Settings

# How long an example takes depends on the load of the machine, so no example has a deadline.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def unhashed_static_files(settings: Settings) -> None:
    """Pages can be rendered before `collectstatic` has run."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def client() -> WholeLoginClient:
    """After its `force_login` the session is that of a sign-in with every step."""
    return WholeLoginClient()


@pytest.fixture
def scripted_engine(settings: Settings) -> None:
    """The site judges drawn pictures, without networks."""
    settings.ENGINE = "tests.support.scripted_engine.ScriptedEngine"
    settings.ENCODER = ""


@pytest.fixture
def tasks_at_once(settings: Settings) -> Iterator[None]:
    """Celery runs a task where it is sent, without a worker."""
    from facevote.celery import app

    settings.CELERY_TASK_ALWAYS_EAGER = True
    before = app.conf.task_always_eager
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = before


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now()


@pytest.fixture(scope="session")
def portraits() -> dict[str, tuple[public_faces.Photo, ...]]:
    """Public-domain photographs by person. The test fails if they have not been fetched."""
    try:
        for photo in public_faces.PHOTOS:
            photo.read()
    except public_faces.FacesMissing as error:
        pytest.fail(str(error), pytrace=False)
    return public_faces.PEOPLE


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite uses a file: in a database in memory, threads would lock each other out."""
    from django.db import connections

    for connection in connections.all():
        if connection.vendor == "sqlite":
            connection.settings_dict["TEST"]["NAME"] = f"{os.environ['DATA_DIR']}/tests.sqlite3"


@pytest.fixture
def unguarded_after(transactional_db: None) -> Iterator[None]:
    """For a test that commits: afterwards, triggers would stop pytest from emptying the tables."""
    yield
    guarded_tables.empty()


def pytest_unconfigure() -> None:
    shutil.rmtree(os.environ["DATA_DIR"], ignore_errors=True)


LONG_MARKS = ("e2e", "slow", "race")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put files with long tests first, so that no process still works on one at the end."""
    long_files = {item.path for item in items if any(map(item.get_closest_marker, LONG_MARKS))}
    items.sort(key=lambda item: item.path not in long_files)
