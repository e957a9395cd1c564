"""What a web server needs to serve voters, one check each, for django-health-check.

A check that raises ServiceWarning does not take the server out of a proxy's rotation: voters can
vote while the worker is away.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from health_check import checks as usual
from health_check.base import HealthCheck
from health_check.exceptions import HealthCheckException, ServiceUnavailable, ServiceWarning
from kombu.exceptions import OperationalError as BrokerAway

from biometrics.checks import check_models
from facevote.models import WorkerSign
from facevote.serving.work import work

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MIB = 1024 * 1024
LITTLE_SPACE, NO_SPACE = 1024 * MIB, 64 * MIB
# The clock asks the worker for a sign every 20 seconds.
MAX_WORKER_SILENCE = timedelta(seconds=90)
# Tickets live for 60 seconds, and codes of authenticators for 30.
ODD_CLOCK_SECONDS, WRONG_CLOCK_SECONDS = 5.0, 30.0


@dataclass
class Check(HealthCheck):  # type: ignore[misc]
    """`title` names it in answers, `remedy` is what an operator should do when it fails."""

    title: ClassVar[str]
    remedy: ClassVar[str]


@dataclass
class Serving(Check):
    title = "serving"
    remedy = "Nothing: this web server was asked to end and finishes what voters have begun."

    def run(self) -> None:
        if work.is_ending:
            raise ServiceUnavailable("this web server was asked to end")


@dataclass
class Database(usual.Database, Check):  # type: ignore[misc]
    title = "database"
    remedy = "See that the database runs and that DATABASE_URL is right, from this host."
    timeout = timedelta(seconds=3)


@dataclass
class Migrations(Check):
    title = "migrations"
    remedy = "Run `python manage.py prepare`."
    # Once the database has every table of this version it keeps them.
    _complete: ClassVar[bool] = False

    def run(self) -> None:
        if Migrations._complete:
            return
        try:
            executor = MigrationExecutor(connection)
            waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError as error:
            raise ServiceUnavailable("the database does not answer") from error
        finally:
            connection.close()
        if waiting:
            raise ServiceUnavailable(f"{len(waiting)} migrations wait")
        Migrations._complete = True


@dataclass
class Cache(usual.Cache, Check):  # type: ignore[misc]
    """A warning only: voters need no cache, and when it is away it is away from every host."""

    title = "cache"
    remedy = "See that Redis runs and that REDIS_URL is right, password included. Voting goes on."
    timeout: timedelta = field(default=timedelta(seconds=3), repr=False)

    async def run(self) -> None:
        try:
            await usual.Cache.run(self)
        except HealthCheckException as error:
            raise ServiceWarning("the cache does not answer") from error


@dataclass
class Broker(Check):
    title = "broker"
    remedy = "See that the broker of CELERY_BROKER_URL runs. Tasks wait meanwhile; ballots do not."

    def run(self) -> None:
        try:
            with current_app.connection_for_write() as link:
                link.ensure_connection(max_retries=1, interval_start=0, timeout=2)
        except (BrokerAway, OSError) as error:
            raise ServiceWarning("the broker does not answer") from error


@dataclass
class Disk(Check):
    title = "disk"
    remedy = "Make room on the disk of DATA_DIR. Old back-ups and logs go first."

    def run(self) -> None:
        free = shutil.disk_usage(settings.DATA_DIR).free
        if free < NO_SPACE:
            raise ServiceUnavailable(f"only {free // MIB} MiB are free")
        if free < LITTLE_SPACE:
            raise ServiceWarning(f"only {free // MIB} MiB are free")


@dataclass
class Models(Check):
    title = "models"
    remedy = "Install this version's `models/` again: a network is not the one on its card."

    def run(self) -> None:
        problems = _problems_of_models(_state_of(settings.MODELS_DIR))
        if problems:
            raise ServiceUnavailable(problems[0])


@dataclass
class Worker(Check):
    """The age of the queue: how long ago the worker last came to what the clock gives it."""

    title = "worker"
    remedy = "Start the worker, with `--beat`. If it runs, it has too much to do: start another."

    def run(self) -> None:
        if settings.CELERY_TASK_ALWAYS_EAGER:
            return
        try:
            last = WorkerSign.objects.order_by("-at").values_list("at", flat=True).first()
        except DatabaseError as error:
            raise ServiceWarning("unknown while the database does not answer") from error
        finally:
            connection.close()
        if last is None:
            raise ServiceWarning("no worker has given a sign yet")
        silence = timezone.now() - last
        if silence > MAX_WORKER_SILENCE:
            raise ServiceWarning(f"no worker has come to its tasks for {silence.seconds} s")


@dataclass
class Clock(Check):
    """This host's clock beside the database's, which decides when an election closes."""

    title = "clock"
    remedy = "Set this host's clock, and let it follow a time server (chrony, systemd-timesyncd)."

    def run(self) -> None:
        if connection.vendor != "postgresql":
            return  # the database is this host's own
        try:
            with connection.temporary_connection() as cursor:
                cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
                difference = abs(float(cursor.fetchone()[0]) - time.time())
        except DatabaseError as error:
            raise ServiceWarning("unknown while the database does not answer") from error
        words = f"this host's clock differs from the database's by {difference:.0f} s"
        if difference > WRONG_CLOCK_SECONDS:
            raise ServiceUnavailable(words)
        if difference > ODD_CLOCK_SECONDS:
            raise ServiceWarning(words)


ALL: Sequence[type[Check]] = (
    Serving,
    Database,
    Migrations,
    Cache,
    Broker,
    Disk,
    Models,
    Worker,
    Clock,
)

FileState = tuple[str, int, int]


def _state_of(folder: Path) -> tuple[FileState, ...]:
    """Names, times and sizes: whether a file may have changed since its hash was compared."""
    files = sorted(path for path in folder.iterdir() if path.is_file())
    return tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files)


@lru_cache(maxsize=1)
def _problems_of_models(_state: tuple[FileState, ...]) -> tuple[str, ...]:
    return tuple(str(message.msg) for message in check_models(None))
