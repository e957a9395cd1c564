"""Casts a second by 1, 2 and 4 web processes, each pinned to a core.

    python -m benchmarks.durability.cores [--database postgresql|sqlite] [--voters 1200]
        [--processes 1 2 4] [--json]

Process n runs on core n modulo the machine's cores: with more processes than cores they share
them, and no growth is to be expected. The clients of this process use the same cores.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from benchmarks.durability import polling
from benchmarks.harness import figures, throwaway

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from benchmarks.durability.polling import Voter

CLIENTS = 16


def casts_a_second(data: Path, processes: int, voters: list[Voter]) -> float:
    servers = [
        throwaway.Server(data, throwaway.free_port(), "facevote.asgi:application")
        for _ in range(processes)
    ]
    cores = sorted(os.sched_getaffinity(0))
    try:
        for number, server in enumerate(servers):
            server.start()
            os.sched_setaffinity(server.pid, {cores[number % len(cores)]})
        # Each process reads the manifest once.
        warm, rest = voters[: 2 * processes], voters[2 * processes :]
        polling.post_all([server.port for server in servers], warm)
        began = time.perf_counter()
        statuses = polling.post_all([server.port for server in servers], rest, clients=CLIENTS)
        seconds = time.perf_counter() - began
    finally:
        for server in servers:
            server.stop()
    if set(statuses) - {200}:
        raise SystemExit(f"ballots were answered {sorted(set(statuses))}")
    return round(len(rest) / seconds, 1)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    with throwaway.site(options.database, **throwaway.in_production()) as data:
        _election, voters = polling.open_election(voters=options.voters, choices=2)
        share = len(voters) // len(options.processes)
        rates = {
            str(processes): casts_a_second(
                data, processes, voters[turn * share : (turn + 1) * share]
            )
            for turn, processes in enumerate(options.processes)
        }
    return {
        "database": options.database,
        "cores": len(os.sched_getaffinity(0)),
        "load_at_the_end": round(os.getloadavg()[0], 1),
        "casts_a_second_by_processes": rates,
    }


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--voters", type=int, default=1200)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4])
    options = parser.parse_args()
    figures.show(measure(options), as_json=options.json)


if __name__ == "__main__":
    main()
