"""`make run`: database, libraries, demonstration, then the web server and the worker together."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
HOST, PORT = "127.0.0.1", os.environ.get("PORT", "8000")
GRACE_SECONDS = 10
MANAGE = [sys.executable, str(BASE / "manage.py")]


def prepare() -> None:
    """What must be there before the first page; fast where nothing is left to do."""
    from facevote import vendor

    if vendor.main([]):
        raise SystemExit("the browser's libraries are missing: run `make run`")
    for command in (["migrate", "--verbosity", "0"], ["create_demonstration"]):
        subprocess.run([*MANAGE, *command], cwd=BASE, check=True)  # noqa: S603


def commands() -> list[list[str]]:
    celery = [sys.executable, "-m", "celery", "-A", "facevote", "worker"]
    return [
        [sys.executable, "-m", "daphne", "-b", HOST, "-p", PORT, "facevote.asgi:application"],
        [*celery, "--beat", "--concurrency", "1", "--loglevel", "warning"],
    ]


def main() -> int:
    os.environ.setdefault("DEMONSTRATION", "on")
    prepare()
    children = [subprocess.Popen(command, cwd=BASE) for command in commands()]  # noqa: S603
    signal.signal(signal.SIGTERM, _interrupt)
    sys.stdout.write(f"FaceVote answers at http://localhost:{PORT}/ . Ctrl-C stops it.\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        while all(child.poll() is None for child in children):
            time.sleep(0.2)
    stop(children)
    codes = [abs(child.returncode) for child in children if child.returncode is not None]
    return max(codes, default=0)


def stop(children: list[subprocess.Popen[bytes]]) -> None:
    """Ask every child to end; after a while, end it."""
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
