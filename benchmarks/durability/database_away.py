"""How soon the site says that its database is away, and how soon it is back.

    python -m benchmarks.durability.database_away [--seconds 20] [--json]

A real server reaches PostgreSQL (TEST_DATABASE_URL) through a passage. The passage is closed, so
that connections are refused, for --seconds; and then it is silent for as long: it takes connections
and never answers. Pages are asked for one after the other. Goal: 503 within 3 seconds, and 200
within 3 seconds after the database is back.
"""

from __future__ import annotations

import http.client
import time
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from benchmarks.harness import figures, throwaway
from benchmarks.harness.passage import Passage, passage

PATHS = ("/", "/sign-in/", "/account/", "/api/elections/")
COOKIE = {"Cookie": "facevote=a-session-that-must-be-looked-up"}


def ask(port: int, path: str) -> tuple[int, float]:
    """The status and the seconds that the answer took."""
    link = http.client.HTTPConnection("localhost", port, timeout=60)
    began = time.perf_counter()
    link.request("GET", path, headers=COOKIE)
    answer = link.getresponse()
    answer.read()
    link.close()
    return answer.status, time.perf_counter() - began


def absence(port: int, way: Passage, seconds: float, *, silent: bool) -> dict[str, Any]:
    """What pages answer while the database is away for so long, and when it is back."""
    for _ in range(5):
        ask(port, "/api/elections/")
    way.close()
    way.silent = silent
    if silent:
        way.open()
    answers: list[tuple[int, float]] = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        answers.append(ask(port, PATHS[len(answers) % len(PATHS)]))
    way.close()
    way.silent = False
    way.open()
    began = time.perf_counter()
    while ask(port, "/api/elections/")[0] != HTTPStatus.OK:
        pass
    back = time.perf_counter() - began
    statuses = {status for status, _seconds in answers}
    return {
        "answers": len(answers),
        "statuses": sorted(statuses),
        "slowest_s": round(max(taken for _status, taken in answers), 2),
        "back_after_s": round(back, 2),
    }


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    parts = urlsplit(throwaway.POSTGRESQL)
    with (
        throwaway.new_database() as url,
        passage(parts.hostname or "127.0.0.1", parts.port or 5432) as way,
    ):
        user = urlsplit(url).netloc.rpartition("@")[0]
        through = urlunsplit(urlsplit(url)._replace(netloc=f"{user}@127.0.0.1:{way.port}"))
        with (
            throwaway.site(DATABASE_URL=through, LOG_LEVEL="CRITICAL") as folder,
            throwaway.server(folder) as server,
        ):
            measured = {
                name: absence(server.port, way, options.seconds, silent=name == "silent")
                for name in ("refused", "silent")
            }
    figures.show(measured, as_json=options.json)


if __name__ == "__main__":
    main()
