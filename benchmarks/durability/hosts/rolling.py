"""All web hosts are restarted one after the other while people vote.

    python -m benchmarks.durability.hosts.rolling [--voters 100] [--webs 3] [--json]

Each web process is asked to end (SIGTERM) as systemd and containers ask; the next one's turn comes
when it is back and ready. The command fails if any step of any voter had to be tried again.
"""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from benchmarks.durability.hosts import box, people
from benchmarks.durability.hosts.site import many_hosts
from benchmarks.harness import figures

if TYPE_CHECKING:
    import argparse

    from benchmarks.durability.hosts.site import ManyHosts


def restart_all(site: ManyHosts, over: threading.Event, at: list[float]) -> None:
    """One after the other, again and again until everybody has voted; each at least once."""
    for turn in range(10 * len(site.webs)):
        if over.wait(3.0) and turn >= len(site.webs):
            return
        web = site.webs[turn % len(site.webs)]
        at.append(time.monotonic())
        web.stop()
        web.start()
        web.wait()
        at.append(time.monotonic())
        sys.stderr.write(f"web host {turn % len(site.webs)} was restarted\n")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    with many_hosts(voters=options.voters, webs=options.webs, workers=1) as site:
        log, at, over = people.Log(), list[float](), threading.Event()
        crowd = people.crowd(site.url, site.election, log)
        restarts = threading.Thread(target=restart_all, args=[site, over, at], daemon=True)
        restarts.start()
        seconds = people.run(crowd, arrive_within=options.seconds, beside=lambda: None)
        over.set()
        restarts.join()
        counted = box.counted(site.election, log, site.folder) if site.election else {}
        return {
            "voters": options.voters,
            "web_hosts": options.webs,
            "seconds": round(seconds, 1),
            "restarts": len(at) // 2,
            "failed_casts": sum(n for why, n in log.again.items() if why.startswith("cast")),
            **counted,
            **box.troubles(log, at),
        }


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--voters", type=int, default=100)
    parser.add_argument("--webs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=60.0, help="in which voters arrive")
    options = parser.parse_args()
    measured = measure(options)
    figures.show(measured, as_json=options.json)
    if measured["failed_casts"]:
        raise SystemExit(f"{measured['failed_casts']} casts had to be tried again")


if __name__ == "__main__":
    main()
