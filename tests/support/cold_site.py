"""A site without a server: a data folder, a database and keys, worked on by commands."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

from benchmarks.harness.throwaway import new_database, postgresql_answers
from tests.support.places import BASE
from tests.support.real_site import Site
from tests.support.release_database import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def cold_site(data: Path, database: str = "sqlite", **settings: str) -> Iterator[Site]:
    """A site whose tables do not exist yet; `database` is "sqlite" or "postgresql"."""
    with ExitStack() as stack:
        if database == "postgresql":
            if not postgresql_answers():
                pytest.skip("needs PostgreSQL at TEST_DATABASE_URL")
            settings["DATABASE_URL"] = stack.enter_context(new_database())
        environment = {
            **os.environ,
            **KEYS,
            "DATA_DIR": str(data),
            "DEBUG": "on",
            "WARM_ENGINE": "off",
            "ENGINE": "tests.support.scripted_engine.ScriptedEngine",
            "CELERY_TASK_ALWAYS_EAGER": "on",
            "PYTHONPATH": str(BASE),
            **settings,
        }
        for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"):
            if name not in settings:
                environment.pop(name, None)
        yield Site("", environment)
