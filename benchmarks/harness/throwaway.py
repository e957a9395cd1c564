"""A site of its own for a measurement: a fresh folder, a fresh database, real servers on loopback.

Modules that need Django's set-up (models, settings) can be imported only in the body of `site`:
that is why benchmarks import them inside functions.
"""

from __future__ import annotations

import base64
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from benchmarks.harness.places import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

POSTGRESQL = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
START_SECONDS = 40


@contextmanager
def site(database: str = "sqlite", **settings: str) -> Iterator[Path]:
    """Make this process and its servers a new, migrated site. Only once in a process.

    `database` is "sqlite" or "postgresql"; `settings` are environment variables. Yields the site's
    data folder. The folder and the database are removed afterwards.
    """
    with tempfile.TemporaryDirectory(prefix="facevote-") as folder, _database(database) as url:
        for name in ("REDIS_URL", "CELERY_BROKER_URL", "DATABASE_URL"):
            os.environ.pop(name, None)
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "facevote.settings",
            "DATA_DIR": folder,
            "DEBUG": "on",
            "LOG_LEVEL": "WARNING",
            "WARM_ENGINE": "off",
            "CELERY_TASK_ALWAYS_EAGER": "on",
            **({"DATABASE_URL": url} if url else {}),
            **settings,
        }
        import django
        from django.core.management import call_command
        from django.db import connections

        django.setup()
        call_command("migrate", verbosity=0)
        try:
            yield Path(folder)
        finally:
            connections.close_all()


def in_production() -> dict[str, str]:
    """Settings for `site` without DEBUG, which keeps and formats every query of a request."""
    return {
        "DEBUG": "off",
        "HTTPS": "off",  # loopback
        "ALLOWED_HOSTS": "localhost",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "TEMPLATE_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
    }


def collect_static_files() -> None:
    """Pages outside DEBUG need it. Only for the site that this process has entered."""
    from django.conf import settings
    from django.core.management import call_command

    from facevote.serving import vendor

    vendor.lay_out(ROOT / "node_modules", settings.VENDOR_DIR)
    call_command("collectstatic", "--no-input", verbosity=0)


@contextmanager
def server(data: Path, *, application: str = "facevote.asgi:application") -> Iterator[Server]:
    """A real server process for the site that this process has entered."""
    running = Server(data, free_port(), application)
    try:
        running.start()
        yield running
    finally:
        running.stop()


@contextmanager
def worker(data: Path) -> Iterator[None]:
    """A real worker with its clock, for the site that this process has entered."""
    command = [sys.executable, "-m", "celery", "-A", "facevote", "worker", "--beat"]
    with (data / "worker.log").open("ab") as log:
        running = subprocess.Popen(
            [*command, "--concurrency", "1", "--loglevel", "warning"],
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
        try:
            yield
        finally:
            running.terminate()
            running.wait(60)


class Server:
    """One daphne process on loopback. SystemExit, with its log, if it does not start."""

    def __init__(self, data: Path, port: int, application: str) -> None:
        self.port = port
        self._application = application
        self.url = f"http://localhost:{port}"
        self._log = data / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("the server is not running")
        return self._process.pid

    def start(self) -> None:
        command = [sys.executable, "-m", "daphne", "-v", "0", "-b", "127.0.0.1"]
        command += ["-p", str(self.port), self._application]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        self._wait()

    def kill(self) -> None:
        """End it as a power cut would: no signal handler runs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        if self._process is not None and self.is_running:
            self._process.terminate()
            self._process.wait(20)

    def log(self, since: int = 0) -> str:
        """What the server logged after its first `since` bytes."""
        return self._log.read_bytes()[since:].decode(errors="replace")

    def log_size(self) -> int:
        return self._log.stat().st_size

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if not self.is_running:
                break
            try:
                # A page would need collected static files outside DEBUG.
                urllib.request.urlopen(f"{self.url}/api/elections/", timeout=2)  # noqa: S310
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise SystemExit(f"the server did not start:\n{self.log()[-2000:]}")


def free_port() -> int:
    """A port of loopback that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postgresql_answers() -> bool:
    """Whether the server named by TEST_DATABASE_URL takes connections."""
    parts = urlsplit(POSTGRESQL)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 5432), 2).close()
    except OSError:
        return False
    return True


@contextmanager
def _database(system: str) -> Iterator[str]:
    """The URL of a new database, dropped afterwards; empty for SQLite in the data folder."""
    if system == "sqlite":
        yield ""
        return
    with new_database() as url:
        yield url


@contextmanager
def new_database() -> Iterator[str]:
    """The URL of a new PostgreSQL database, dropped afterwards."""
    import psycopg
    from psycopg import sql

    name = f"facevote_{secrets.token_hex(4)}"
    with psycopg.connect(POSTGRESQL.replace("postgres://", "postgresql://"), autocommit=True) as db:
        db.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(urlsplit(POSTGRESQL)._replace(path=f"/{name}"))
        finally:
            db.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
