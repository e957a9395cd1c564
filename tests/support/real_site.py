"""A site with a data folder of its own, served by a real daphne process on loopback."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.support.places import BASE
from tests.support.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START_SECONDS = 180
DATABASE = "facevote.sqlite3"


@dataclass
class Site:
    """`environment` is that of the server, and of the commands that are run for the site."""

    url: str
    environment: dict[str, str]
    port: int = 0
    _server: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def pid(self) -> int:
        return self._server[-1].pid

    def manage(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=BASE,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def shell(self, code: str) -> str:
        return self.manage("shell", "--verbosity", "0", "-c", code)

    def start(self, log: Path) -> None:
        """Start the server, and wait until it answers."""
        command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port)]
        with log.open("ab") as output:
            self._server.append(
                subprocess.Popen(
                    [*command, "facevote.asgi:application"],
                    cwd=BASE,
                    env=self.environment,
                    stdout=output,
                    stderr=output,
                )
            )
        _wait_for(self.url)

    def kill(self) -> None:
        """End the server as a power cut would."""
        server = self._server.pop()
        server.send_signal(signal.SIGKILL)
        server.wait(20)

    def stop(self) -> None:
        while self._server:
            server = self._server.pop()
            server.terminate()
            server.wait(20)


def environment_of(data: Path, **settings: str) -> dict[str, str]:
    """That of a site in the folder `data`, with no services but those that `settings` name."""
    services = {"DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"}
    return {
        **{name: value for name, value in os.environ.items() if name not in services},
        "DATA_DIR": str(data),
        "DEBUG": "on",
        "CELERY_TASK_ALWAYS_EAGER": "on",
        "PYTHONPATH": str(BASE),
        **settings,
    }


@contextmanager
def running_site(data: Path, **settings: str) -> Iterator[Site]:
    """Migrate and serve a new site in the folder `data`, on SQLite if `settings` say nothing."""
    port = free_port()
    environment = environment_of(data, **{"WARM_ENGINE": "on", "DEMONSTRATION": "on", **settings})
    site = Site(f"http://localhost:{port}", environment, port)
    _make_tables(site, data)
    log = data / "server.log"
    try:
        site.start(log)
        yield site
    finally:
        site.stop()
    print(log.read_text()[-4000:])  # noqa: T201  (shown when a story fails)


def _make_tables(site: Site, data: Path) -> None:
    """Migrate. On SQLite, the sites of one test run copy the tables of its first: it takes long."""
    kept = data.parent / "tables-of-the-first-site.sqlite3"
    if "DATABASE_URL" in site.environment or "PYTEST_VERSION" not in os.environ:
        site.manage("migrate", "--verbosity", "0")
    elif kept.exists():
        shutil.copyfile(kept, data / DATABASE)
        (data / DATABASE).chmod(0o600)
    else:
        site.manage("migrate", "--verbosity", "0")
        with (
            closing(sqlite3.connect(data / DATABASE)) as made,
            closing(sqlite3.connect(kept)) as copy,
        ):
            made.backup(copy)


def lay_out_libraries(data: Path) -> None:
    """Lay out the browser's libraries for a site whose pages are shown, or collected as files."""
    module = [sys.executable, "-m", "facevote.serving.vendor"]
    subprocess.run(
        [*module, str(BASE / "node_modules"), str(data / "vendor")],
        cwd=BASE,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _wait_for(url: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{url}/-/live", timeout=5).read()  # noqa: S310
        except urllib.error.HTTPError:
            return  # it answers; Redis may be away
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the server does not answer")
