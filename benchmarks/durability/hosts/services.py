"""The services of a site of many hosts, each on a host of its own."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.durability.hosts.network import Host

PROGRAMS = Path(max(Path("/usr/lib/postgresql").glob("*/bin"), default="/usr/bin"))
DATABASE_PORT, REDIS_PORT, WEB_PORT, PROXY_PORT = 5432, 6379, 8000, 80
START_SECONDS = 120
STOP_SECONDS = 60


@dataclass
class Service:
    """A program on a host. `environment` is added to this process's own."""

    host: Host
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    _running: subprocess.Popen[bytes] | None = None

    # What to start, and by which user.
    command: tuple[str, ...] = ()
    user = ""
    port = 0

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log").open("ab") as log:
            self._running = self.host.start(
                self.command, log, environment=self.environment, user=self.user
            )

    def wait(self) -> None:
        """Until it answers. SystemExit with the end of its log if it does not."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.is_running:
            if self.answers():
                return
            time.sleep(0.1)
        log = (self.folder / "log").read_text(errors="replace")[-2000:]
        raise SystemExit(f"{type(self).__name__} does not start:\n{log}")

    def answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex((self.host.address, self.port)) == 0

    @property
    def is_running(self) -> bool:
        return self._running is not None and self._running.poll() is None

    def kill(self) -> None:
        """End it as a power cut would."""
        self.end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end, and wait for that."""
        self.end(signal.SIGTERM)

    def end(self, how: signal.Signals) -> None:
        if self._running is not None and self._running.poll() is None:
            self._running.send_signal(how)
            try:
                self._running.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._running.kill()
                self._running.wait()


class Database(Service):
    """PostgreSQL with a data folder of its own, as safe as it is by itself (fsync on)."""

    user = "postgres"
    port = DATABASE_PORT

    def create(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.chown(self.folder, "postgres", "postgres")
        data = str(self.data)
        become = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups"]
        initdb = [str(PROGRAMS / "initdb"), "-D", data, "-A", "trust", "-U", "postgres"]
        subprocess.run([*become, *initdb], check=True, capture_output=True, cwd="/")
        with (self.data / "pg_hba.conf").open("a") as access:
            access.write("host all all 10.77.0.0/24 trust\n")
        self.command = (
            *(str(PROGRAMS / "postgres"), "-D", data, "-h", self.host.address),
            *("-k", data, "-c", "max_connections=200"),
        )

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        return f"postgres://postgres@{self.host.address}:{self.port}/postgres"

    def stop(self) -> None:
        """A fast shutdown: connections are cut off, and nothing that was committed is lost."""
        self.end(signal.SIGINT)


class Redis(Service):
    """Redis that keeps nothing on a disk: a restart empties queue and cache."""

    port = REDIS_PORT

    def create(self) -> None:
        self.command = (
            *("redis-server", "--bind", self.host.address, "--port", str(self.port)),
            *("--save", "", "--protected-mode", "no"),
        )

    def url(self, number: int) -> str:
        return f"redis://{self.host.address}:{self.port}/{number}"


class Web(Service):
    """One daphne, as docs/operations.md starts it."""

    port = WEB_PORT

    def create(self) -> None:
        daphne = (sys.executable, "-m", "daphne", "-v", "0", "-b", self.host.address)
        self.command = (*daphne, "-p", str(self.port), "facevote.asgi:application")

    def answers(self) -> bool:
        """Whether it answers a request, whatever it says."""
        with suppress(OSError, http.client.HTTPException):
            link = http.client.HTTPConnection(self.host.address, self.port, timeout=5)
            link.request("GET", "/api/elections/")
            return link.getresponse().status > 0
        return False


class Worker(Service):
    """A worker with a clock, of which only one in the site is not silent."""

    def create(self) -> None:
        celery = (sys.executable, "-m", "celery", "-A", "facevote", "worker", "--beat")
        self.command = (*celery, "--concurrency", "1", "--loglevel", "warning", "--pool", "prefork")

    def answers(self) -> bool:
        return self.is_running


PROXY = """
global
    maxconn 4000
defaults
    mode http
    timeout connect 2s
    timeout check 5s
    # Where no host is ready, the proxy says it in the site's words.
    errorfile 503 {words}
    timeout client 60s
    timeout server 60s
    timeout tunnel 300s
    # Another host gets the request if this one takes no connection.
    retries 3
    option redispatch 1
    option forwardfor
frontend site
    bind {address}:{port}
    default_backend web
backend web
    balance leastconn
    option httpchk GET {health}
    http-check expect ! rstatus ^5
    default-server inter 1s fall 2 rise 1
{servers}
"""


NOBODY_READY = (
    b"HTTP/1.0 503 Service Unavailable\r\nCache-Control: no-store\r\nRetry-After: 5\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n<h1>We are not ready for you</h1>"
    b"<p>Wait a minute, then load the page again.</p>\n"
)


class Proxy(Service):
    """haproxy, which asks each web host every second whether it is ready."""

    port = PROXY_PORT

    def create(self, webs: list[Web], *, health: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = [
            f"    server web{number} {web.host.address}:{web.port} check"
            for number, web in enumerate(webs)
        ]
        file = self.folder / "haproxy.cfg"
        servers = "\n".join(lines)
        words = self.folder / "503.http"
        words.write_bytes(NOBODY_READY)
        facts = {"address": self.host.address, "port": self.port, "health": health}
        file.write_text(PROXY.format(servers=servers, words=words, **facts))
        self.command = ("haproxy", "-db", "-f", str(file))

    @property
    def url(self) -> str:
        return f"http://{self.host.address}"


def until(what: Callable[[], bool], seconds: float) -> bool:
    """Wait for it; False if it did not come true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.1)
    return what()


def as_root() -> None:
    """SystemExit without the right to make namespaces."""
    if os.geteuid() != 0:
        raise SystemExit("this drill makes network namespaces, which only root may do")
    for program in ("ip", "haproxy", "redis-server"):
        if shutil.which(program) is None:
            raise SystemExit(
                f"{program} is not installed (Debian: iproute2, haproxy, redis-server)"
            )
