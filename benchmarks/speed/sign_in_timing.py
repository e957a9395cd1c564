"""Times the sign-in's refusals: does the time tell which accounts exist?

python -m benchmarks.speed.sign_in_timing [--tries 1000] [--json]

The clock's time is what an attacker sees; the processor's time leaves out what else the machine
does. Every try has a wrong password (for the inactive account: the right one). It goes through the
real view, its middleware, Argon2 and the database. The tries follow each other in random order.
"""

from __future__ import annotations

import logging
import random
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

from benchmarks.harness import figures, throwaway

ACCOUNTS = ("known", "unknown", "inactive", "locked")
PASSWORD = "a long enough password"  # noqa: S105 (of accounts that live for this run)
LOCKED_FROM = "203.0.113.5"
WARM_UP = 20


def set_up() -> None:
    """The accounts, in a site that this process has entered."""
    from django.conf import settings  # after the site's set-up

    from accounts.models import User  # after the site's set-up
    from accounts.sign_in import lock  # after the site's set-up

    logging.disable(logging.WARNING)
    settings.ALLOWED_HOSTS = ["testserver"]
    # One browser plays thousands: what is timed is the account's lock, not the slow limits.
    settings.ADDRESS_FAILURE_LIMIT = sys.maxsize
    lock.FREE_FROM_EVERYWHERE = sys.maxsize
    for name in ("known", "inactive", "locked"):
        User.objects.create_user(name, password=PASSWORD, is_active=name != "inactive")


@dataclass(frozen=True, slots=True)
class Taken:
    """Milliseconds."""

    clock: float
    processor: float


def try_once(account: str, number: int) -> Taken:
    """One try. Each comes from an address of its own, except for the account that is locked."""
    from django.test import Client  # after the site's set-up

    own = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    address = LOCKED_FROM if account == "locked" else own
    password = PASSWORD if account == "inactive" else "a wrong password"
    client = Client()
    started = time.perf_counter(), time.process_time()
    form = {"username": account, "password": password}
    answer = client.post("/sign-in/", form, REMOTE_ADDR=address)
    ended = time.perf_counter(), time.process_time()
    if b"The user name or the password is wrong." not in answer.content:
        raise SystemExit(f"{account}: the try was not refused as it should be")
    clock, processor = ((end - start) * 1000 for start, end in zip(started, ended, strict=True))
    return Taken(clock, processor)


def measure(tries: int) -> dict[str, list[Taken]]:
    """`tries` for each account, by its name."""
    for number in range(WARM_UP):
        for account in ACCOUNTS:
            try_once(account, 0xFF0000 + number)
    order = [account for account in ACCOUNTS for _ in range(tries)]
    random.Random(0).shuffle(order)
    times = defaultdict(list)
    for number, account in enumerate(order):
        times[account].append(try_once(account, number))
    return times


def summary(times: dict[str, list[Taken]]) -> dict[str, Any]:
    """Milliseconds by account, and the largest difference between two accounts' medians."""
    clock = {account: median(taken.clock for taken in times[account]) for account in ACCOUNTS}
    processor = {
        account: median(taken.processor for taken in times[account]) for account in ACCOUNTS
    }
    p95 = {
        account: quantiles([taken.clock for taken in times[account]], n=20)[-1]
        for account in ACCOUNTS
    }
    return {
        "tries_each": len(times["known"]),
        "median_ms": _rounded(clock),
        "processor_median_ms": _rounded(processor),
        "p95_ms": _rounded(p95),
        "largest_difference_ms": _spread(clock),
        "processor_largest_difference_ms": _spread(processor),
    }


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {account: round(value, 3) for account, value in values.items()}


def _spread(medians: dict[str, float]) -> float:
    return round(max(medians.values()) - min(medians.values()), 3)


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--tries", type=int, default=1000)
    options = parser.parse_args()
    with throwaway.site(LOG_LEVEL="ERROR"):
        set_up()
        measured = summary(measure(options.tries))
    figures.show(measured, as_json=options.json)


if __name__ == "__main__":
    main()
