"""`make run`: the web server, which prepares the site, and the worker as soon as it has."""

from __future__ import annotations

import os
import signal
import socket
import sys

from facevote.serving.serve import BASE, HOST, PORT
from facevote.serving.supervision import Child, Supervisor


def port_is_free() -> bool:
    with socket.socket() as probe:
        # As the server does: a connection that is just closing does not take the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(PORT)))
        except OSError:
            return False
    return True


def children() -> list[Child]:
    celery = [sys.executable, "-m", "celery", "-A", "facevote", "worker"]
    return [
        Child(
            "web server", [sys.executable, "-m", "facevote.serving.serve"], BASE, goes_first=True
        ),
        Child("worker", [*celery, "--beat", "--concurrency", "1", "--loglevel", "warning"], BASE),
    ]


def main() -> int:
    if not port_is_free():
        raise SystemExit(f"Port {PORT} is taken. Stop what uses it, or: PORT=8001 make run")
    os.environ.setdefault("DEMONSTRATION", "on")
    greeting = f"FaceVote answers at http://localhost:{PORT}/ . Ctrl-C stops it."
    supervisor = Supervisor(children(), say, greeting)
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, supervisor.stop)
    return supervisor.run()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
