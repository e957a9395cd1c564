"""The clock of one web host jumps by an hour, ahead and then back, while people vote.

    python -m benchmarks.durability.hosts.clock [--voters 60] [--json]

libfaketime gives that host its clock (Debian: libfaketime). The command fails if a ticket or a
grant lives longer than it may, by the database's clock, if the host that is ahead closes the
election early, or if the host that is late takes a ballot after the end.
"""

from __future__ import annotations

import json
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.durability.hosts import box, people
from benchmarks.durability.hosts.site import many_hosts
from benchmarks.durability.polling import SLUG
from benchmarks.harness import figures

if TYPE_CHECKING:
    import argparse

    from benchmarks.durability.hosts.people import Person
    from benchmarks.durability.hosts.site import ManyHosts

LIBRARY = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
SLACK = timedelta(seconds=2)


def longest_lives() -> dict[str, float]:
    """How long, in seconds, tickets and grants would live by the database's clock from now on."""
    from django.db.models import Max

    from accounts.database_clock import database_now
    from biometrics.models import VerificationGrant, VerificationSession

    now = database_now()
    ticket = VerificationSession.objects.aggregate(end=Max("ticket_expires_at"))["end"]
    # Those that the measurement itself gave out live for a day.
    grants = VerificationGrant.objects.filter(expires_at__lt=now + timedelta(hours=12))
    grant = grants.aggregate(end=Max("expires_at"))["end"]
    return {
        "ticket": (ticket - now).total_seconds() if ticket else 0.0,
        "grant": (grant - now).total_seconds() if grant else 0.0,
    }


def check_lives(lives: dict[str, float]) -> None:
    """SystemExit where something lives longer than a right clock would let it."""
    from biometrics.models import Purpose
    from biometrics.verification.grants import LIFE
    from biometrics.verification.sessions import TICKET_LIFE

    most = {"ticket": TICKET_LIFE, "grant": LIFE[Purpose.CAST]}
    for name, seconds in lives.items():
        if seconds > (most[name] + SLACK).total_seconds():
            raise SystemExit(f"a {name} lives for {seconds:.0f} seconds")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="facevote-clock-") as folder:
        offset = Path(folder) / "offset"
        offset.write_text("+0")
        fake = {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(offset),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }
        with many_hosts(
            voters=options.voters,
            webs=2,
            workers=1,
            closes_in=timedelta(seconds=options.closes_in),
            first_web=fake,
            # By its readiness the host would be out of the proxy's rotation within seconds.
            health="/-/live",
        ) as site:
            return _vote(site, offset, options)


def _vote(site: ManyHosts, offset: Path, options: argparse.Namespace) -> dict[str, Any]:
    from voting.models import Election

    log, at = people.Log(), list[float]()
    *crowd, latecomer = people.crowd(site.url, site.election, log)
    lives: list[dict[str, float]] = []

    def jump() -> None:
        for hours in ("+1h", "-1h"):
            time.sleep(options.seconds / 3)
            offset.write_text(hours)
            at.append(time.monotonic())
            time.sleep(options.seconds / 6)
            lives.append(longest_lives())

    seconds = people.run(crowd, arrive_within=options.seconds, beside=jump)
    early = Election.objects.get(slug=SLUG).state != "open"
    late = _after_the_end(latecomer, site)
    for each in lives:
        check_lives(each)
    if early or late != "closed":
        raise SystemExit(f"closed early: {early}; after the end the late host says {late}")
    counted = box.counted(site.election, log, site.folder) if site.election else {}
    return {
        "voters": options.voters,
        "seconds": round(seconds, 1),
        "longest_ticket_s": round(max(each["ticket"] for each in lives), 1),
        "longest_grant_s": round(max(each["grant"] for each in lives), 1),
        "closed_early": early,
        "late_host_after_the_end": late,
        **counted,
        **box.troubles(log, at),
    }


def _after_the_end(person: Person, site: ManyHosts) -> str:
    """What the host whose clock is an hour late answers to a ballot after the closing time."""
    from accounts.database_clock import database_now
    from voting.models import Election

    web = site.webs[0]
    person.url = f"http://{web.host.address}:{web.port}"
    person.sign_in()
    closes = Election.objects.get(slug=SLUG).closes_at
    while closes is None or database_now() <= closes:
        time.sleep(0.5)
    _status, body = person.ask_to_cast()
    return str(json.loads(body)["code"])


def main() -> None:
    if not LIBRARY.exists():
        raise SystemExit(f"{LIBRARY} is missing (Debian: libfaketime)")
    parser = figures.parser(__doc__)
    parser.add_argument("--voters", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=30.0, help="in which voters arrive")
    parser.add_argument("--closes-in", type=float, default=300.0)
    options = parser.parse_args()
    figures.show(measure(options), as_json=options.json)


if __name__ == "__main__":
    main()
