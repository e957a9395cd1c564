"""Writes the database of a small site as this version makes it, for later versions to open.

    python -m tests.support.release_database tests/facevote/upgrade/release-VERSION.sql.gz

Run it when a version is released. The site has an election that is open, with a ballot in the box,
and a voter who is enrolled. Its keys are those of `KEYS`.
"""

from __future__ import annotations

import gzip
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

KEYS = {
    "SECRET_KEY": "s" * 60,
    "TEMPLATE_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
}
FILL = """
from tests.support.people import enrol
from tests.support.polls import open_poll
poll = open_poll()
poll.cast()
enrol(poll.users[0])
"""


def main() -> None:
    target = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as data:
        environment = {**os.environ, **KEYS, "DATA_DIR": data, "DEBUG": "on"}
        environment |= {"ENGINE": "tests.support.scripted_engine.ScriptedEngine"}
        for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"):
            environment.pop(name, None)
        for command in (["migrate", "-v", "0"], ["shell", "-v", "0", "-c", FILL]):
            subprocess.run([sys.executable, "manage.py", *command], check=True, env=environment)
        with closing(sqlite3.connect(Path(data) / "facevote.sqlite3")) as database:
            text = "\n".join(database.iterdump())
    target.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
