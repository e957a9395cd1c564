"""A site without a server: a data folder, a database and keys, worked on by commands."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

from benchmarks.harness.throwaway import new_database, postgresql_answers
from tests.support.real_site import Site, environment_of
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
        cold = {
            **KEYS,
            "WARM_ENGINE": "off",
            "ENGINE": "tests.support.scripted_engine.ScriptedEngine",
        }
        yield Site("", environment_of(data, **{**cold, **settings}))
