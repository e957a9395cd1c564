"""`make run`: the web server, which prepares the site, and the worker as soon as it has."""

from __future__ import annotations

import os
import signal
import socket
import sys
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

from facevote.environment import Environment
from facevote.serving.console import Console
from facevote.serving.serve import HOST, PORT
from facevote.serving.steps import BASE
from facevote.serving.supervision import Child, Supervisor

if TYPE_CHECKING:
    from pathlib import Path

PORTS_TRIED = 100
# The demonstration may run as root, for example in a container.
AS_ROOT = "ignore:You're running the worker with superuser privileges"


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the server does it: a connection that is just closing does not keep the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def check_port(port: int) -> None:
    """SystemExit where another program has the port; it names one that is free."""
    if is_free(port):
        return
    others = range(port + 1, min(port + PORTS_TRIED, 65536))
    free = next((other for other in others if is_free(other)), 8001)
    raise SystemExit(
        f"Port {port} is taken by another program: stop that program, or start FaceVote on "
        f"another port with: PORT={free} make run"
    )


def answers(port: int) -> bool:
    """Whether the web server takes connections."""
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex((HOST, port)) == 0


def children(logs: Path) -> list[Child]:
    python = [sys.executable, "-W", AS_ROOT, "-m"]
    worker = ["celery", "--quiet", "--app", "facevote", "worker", "--beat", "--concurrency", "1"]
    return [
        Child(
            "web server",
            [sys.executable, "-m", "facevote.serving.serve"],
            BASE,
            log=logs / "web-server.log",
            goes_first=True,
        ),
        Child("worker", [*python, *worker, "--loglevel", "warning"], BASE, log=logs / "worker.log"),
    ]


def log_folder() -> Path:
    """DATA_DIR as the settings read it, with its `logs`; SystemExit where it cannot be made."""
    try:
        return Environment(BASE / ".env").folder("DATA_DIR", default=BASE / "var") / "logs"
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from None


def main() -> int:
    if not PORT.isdecimal() or not 0 < int(PORT) < 65536:
        raise SystemExit(f"PORT must be a whole number from 1 to 65535, such as 8001: {PORT!r}")
    port = int(PORT)
    check_port(port)
    os.environ.setdefault("DEMONSTRATION", "on")
    logs = log_folder()
    console = Console(f"http://localhost:{port}/", logs, lambda: answers(port))
    supervisor = Supervisor(children(logs), console)
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, supervisor.stop)
    return supervisor.run()


if __name__ == "__main__":
    sys.exit(main())
