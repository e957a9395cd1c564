"""The cable of the database's host is pulled while people vote.

    python -m benchmarks.durability.hosts.cut [--voters 60] [--away 20] [--json]

Nothing arrives at the database for --away seconds, and nobody is told so: connections hang. The
command fails if a ballot is half there, and shows what voters were answered meanwhile.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from benchmarks.durability.hosts import box, people
from benchmarks.durability.hosts.site import many_hosts
from benchmarks.harness import figures

if TYPE_CHECKING:
    import argparse

# Until the first voters cast.
BEFORE_SECONDS = 12.0


def measure(options: argparse.Namespace) -> dict[str, Any]:
    with many_hosts(voters=options.voters, webs=2, workers=1) as site:
        log, at = people.Log(), list[float]()
        crowd = people.crowd(site.url, site.election, log)

        def cut() -> None:
            time.sleep(BEFORE_SECONDS)
            at.append(time.monotonic())
            site.database.host.cut()
            time.sleep(options.away)
            site.database.host.mend()
            at.append(time.monotonic())

        seconds = people.run(crowd, arrive_within=options.seconds, beside=cut)
        meanwhile = [(status, named) for when, status, named in log.bad if at[0] <= when <= at[1]]
        counted = box.counted(site.election, log, site.folder) if site.election else {}
        return {
            "voters": options.voters,
            "away_s": options.away,
            "seconds": round(seconds, 1),
            "answers_meanwhile": {
                f"{status} {'named' if named else 'unnamed'}": meanwhile.count((status, named))
                for status, named in sorted(set(meanwhile))
            },
            **counted,
            **box.troubles(log, at),
        }


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--voters", type=int, default=60)
    parser.add_argument("--away", type=float, default=20.0)
    parser.add_argument("--seconds", type=float, default=30.0, help="in which voters arrive")
    options = parser.parse_args()
    figures.show(measure(options), as_json=options.json)


if __name__ == "__main__":
    main()
