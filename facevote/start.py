"""`make run`: database, libraries, demonstration, then the web server and the worker together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from facevote.supervision import Child, Supervisor

BASE = Path(__file__).resolve().parent.parent
HOST, PORT = "127.0.0.1", os.environ.get("PORT", "8000")


def prepare() -> None:
    """What must be there before the first page; fast where nothing is left to do."""
    from facevote import vendor

    if not port_is_free():
        raise SystemExit(f"Port {PORT} is taken. Stop what uses it, or: PORT=8001 make run")
    if vendor.main([str(BASE / "node_modules"), str(data_dir() / "vendor")]):
        raise SystemExit("the browser's libraries are missing: run `make run`")
    done = subprocess.run([sys.executable, "-m", "facevote.prepare"], cwd=BASE, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


def port_is_free() -> bool:
    with socket.socket() as probe:
        # As the server does: a connection that is just closing does not take the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(PORT)))
        except OSError:
            return False
    return True


def data_dir() -> Path:
    """The folder that the settings name, read the way they are."""
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facevote.settings")
    try:
        return Path(settings.DATA_DIR)
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from None


def children() -> list[Child]:
    celery = [sys.executable, "-m", "celery", "-A", "facevote", "worker"]
    # Verbosity 0: an access log would keep addresses and who looked at which receipt.
    daphne = [sys.executable, "-m", "daphne", "-v", "0", "-b", HOST, "-p", PORT]
    return [
        Child("web server", [*daphne, "facevote.asgi:application"], BASE),
        Child("worker", [*celery, "--beat", "--concurrency", "1", "--loglevel", "warning"], BASE),
    ]


def main() -> int:
    os.environ.setdefault("DEMONSTRATION", "on")
    prepare()
    supervisor = Supervisor(children(), say)
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, supervisor.stop)
    say(f"FaceVote answers at http://localhost:{PORT}/ . Ctrl-C stops it.")
    return supervisor.run()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
