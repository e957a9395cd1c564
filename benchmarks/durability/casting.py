"""Casts a second over HTTP to a durable commit, proofs checked; and the race of many posts.

    python -m benchmarks.durability.casting [--database sqlite|postgresql] [--voters 400]
        [--choices 10] [--json]
    python -m benchmarks.durability.casting --race 64 --voters 100
        each voter posts the same ballot 64 times at once

Two server processes (--servers) share one database; eight clients run on the same machine. The
board's chain and the number of ballots are checked afterwards. --race fails unless each voter has
exactly one ballot and no answer was 5xx.
"""

from __future__ import annotations

import time
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from benchmarks.durability import polling
from benchmarks.harness import figures, throwaway

if TYPE_CHECKING:
    import argparse

WARM = 10


def measure(options: argparse.Namespace) -> dict[str, Any]:
    with throwaway.site(options.database, **throwaway.in_production()) as data:
        election, voters = polling.open_election(
            voters=options.voters + WARM, choices=options.choices
        )
        with ExitStack() as running:
            servers = [
                running.enter_context(throwaway.server(data)) for _ in range(options.servers)
            ]
            ports = [server.port for server in servers]
            polling.post_all(ports, voters[:WARM])
            rest = voters[WARM:]
            posts = rest * max(1, options.race)
            started = time.perf_counter()
            statuses = polling.post_all(ports, posts, clients=64 if options.race else 8)
            seconds = time.perf_counter() - started
        from benchmarks.durability.board_reader import BoardReader

        if (held := BoardReader(election).check()) != len(voters):
            raise SystemExit(f"{held} ballots of {len(voters)} voters")
        return _report(statuses, seconds, options)


def _report(statuses: list[int], seconds: float, options: argparse.Namespace) -> dict[str, Any]:
    counted = Counter(statuses)
    if counted.keys() - {200, 409} or (not options.race and counted.keys() != {200}):
        raise SystemExit(f"answers other than a receipt or a refusal: {dict(counted)}")
    what = {"database": options.database, "voters": options.voters, "servers": options.servers}
    if options.race:
        return what | {"posts": len(statuses), "answers": dict(counted), "seconds": seconds}
    return what | {"casts_per_second": round(len(statuses) / seconds, 1)}


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--voters", type=int, default=400)
    parser.add_argument("--choices", type=int, default=10)
    parser.add_argument("--servers", type=int, default=2)
    parser.add_argument("--race", type=int, default=0, metavar="POSTS")
    options = parser.parse_args()
    figures.show(measure(options), as_json=options.json)


if __name__ == "__main__":
    main()
