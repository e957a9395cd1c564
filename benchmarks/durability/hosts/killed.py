"""Web hosts are killed, and Redis and PostgreSQL restarted, while people vote.

    python -m benchmarks.durability.hosts.killed [--voters 200] [--webs 4] [--workers 2] [--json]

Every host is a network namespace. Each voter signs in with password and face and casts with another
face step, through haproxy. Every --every seconds one web host is killed as by a power cut and
started again at once. Redis is restarted twice (and loses everything), PostgreSQL once. At the end
the election is counted, and its board is read by the stand-alone verifier. The command fails if a
receipt that was shown is not counted, or a voter is counted twice.
"""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.durability.hosts import box, people
from benchmarks.durability.hosts.site import many_hosts
from benchmarks.harness import figures

if TYPE_CHECKING:
    import argparse

    from benchmarks.durability.hosts.services import Service
    from benchmarks.durability.hosts.site import ManyHosts


# So many web hosts stay up when another one is killed.
KEPT_UP = 2


@dataclass
class Havoc:
    """Kills and restarts until it is told to end. `at` is when something went down or came back."""

    site: ManyHosts
    every: float
    over: threading.Event = field(default_factory=threading.Event)
    at: list[float] = field(default_factory=list)
    kills: int = 0
    down: set[int] = field(default_factory=set)
    restarts: list[str] = field(default_factory=list)

    def rage(self) -> None:
        plan = {2: self.site.redis, 4: self.site.database, 6: self.site.redis}
        while not self.over.wait(self.every):
            self.kill_one()
            service = plan.pop(self.kills, None)
            if service is not None:
                self._restart(service)

    def kill_one(self) -> None:
        number = self.kills % len(self.site.webs)
        while not self.over.is_set() and (number in self.down or self._up() < KEPT_UP + 1):
            time.sleep(0.2)
        if self.over.is_set():
            return
        web = self.site.webs[number]
        self.at.append(time.monotonic())
        self.down.add(number)
        web.kill()
        web.start()
        self.kills += 1
        threading.Thread(target=self._note_return, args=[number], daemon=True).start()

    def _up(self) -> int:
        return len(self.site.webs) - len(self.down)

    def _note_return(self, number: int) -> None:
        self.site.webs[number].wait()
        self.down.discard(number)
        self.at.append(time.monotonic())

    def _restart(self, service: Service) -> None:
        self.at.append(time.monotonic())
        service.stop()
        service.start()
        service.wait()
        self.at.append(time.monotonic())
        self.restarts.append(type(service).__name__)
        sys.stderr.write(f"{type(service).__name__} was restarted\n")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    with many_hosts(voters=options.voters, webs=options.webs, workers=options.workers) as site:
        log = people.Log()
        crowd = people.crowd(site.url, site.election, log)
        havoc = Havoc(site, options.every)
        raging = threading.Thread(target=havoc.rage, daemon=True)
        raging.start()
        seconds = people.run(crowd, arrive_within=options.seconds, beside=lambda: None)
        havoc.over.set()
        raging.join()
        for service in (site.database, site.redis):
            service.wait()
        counted = box.counted(site.election, log, site.folder) if site.election else {}
        return {
            "voters": options.voters,
            "web_hosts": options.webs,
            "workers": options.workers,
            "seconds": round(seconds, 1),
            "kills": havoc.kills,
            "restarts": havoc.restarts,
            **counted,
            **box.troubles(log, havoc.at),
        }


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--voters", type=int, default=200)
    parser.add_argument("--webs", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--every", type=float, default=10.0, help="seconds between two kills")
    parser.add_argument("--seconds", type=float, default=90.0, help="in which voters arrive")
    options = parser.parse_args()
    figures.show(measure(options), as_json=options.json)


if __name__ == "__main__":
    main()
