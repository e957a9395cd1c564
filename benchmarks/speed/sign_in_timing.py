"""Times the sign-in's refusals: does the time tell which accounts exist?

python -m benchmarks.speed.sign_in_timing [--tries 1000] [--json]

The clock's time is what an attacker sees; the processor's is free of what else the machine does.
Every try is a wrong password (for the inactive account: the right one) through the real view, its
middleware, Argon2 and the database, one after the other in a shuffled order.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

KINDS = ("known", "unknown", "inactive", "locked")
PASSWORD = "a long enough password"  # noqa: S105  (of accounts that live for this run)
LOCKED_FROM = "203.0.113.5"
WARM_UP = 20


def set_up(folder: str) -> None:
    os.environ.update(DATA_DIR=folder, DEBUG="on", LOG_LEVEL="ERROR", WARM_ENGINE="off")
    os.environ.pop("DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "facevote.settings"
    import django

    django.setup()
    logging.disable(logging.WARNING)
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLOWED_HOSTS = ["testserver"]
    # One browser plays thousands: what is timed is the account's lock, not the address's.
    settings.ADDRESS_FAILURE_LIMIT = sys.maxsize
    call_command("migrate", verbosity=0)
    from accounts.models import User

    for name in ("known", "inactive", "locked"):
        User.objects.create_user(name, password=PASSWORD, is_active=name != "inactive")


@dataclass(frozen=True, slots=True)
class Taken:
    """Milliseconds."""

    clock: float
    processor: float


def one_try(kind: str, number: int) -> Taken:
    """One try; each from an address of its own, except for the account that is locked there."""
    from django.test import Client

    own = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    address = LOCKED_FROM if kind == "locked" else own
    form = {"username": kind, "password": PASSWORD if kind == "inactive" else "a wrong password"}
    client = Client()
    started = time.perf_counter(), time.process_time()
    answer = client.post("/sign-in/", form, REMOTE_ADDR=address)
    ended = time.perf_counter(), time.process_time()
    if b"The user name or the password is wrong." not in answer.content:
        raise SystemExit(f"{kind}: the try was not refused as it should be")
    clock, processor = ((end - start) * 1000 for start, end in zip(started, ended, strict=True))
    return Taken(clock, processor)


def measure(tries: int) -> dict[str, list[Taken]]:
    for number in range(WARM_UP):
        for kind in KINDS:
            one_try(kind, 0xFF0000 + number)
    order = [kind for kind in KINDS for _ in range(tries)]
    random.Random(0).shuffle(order)
    times = defaultdict(list)
    for number, kind in enumerate(order):
        times[kind].append(one_try(kind, number))
    return times


def figures(times: dict[str, list[Taken]]) -> dict[str, object]:
    clock = {kind: median(one.clock for one in times[kind]) for kind in KINDS}
    processor = {kind: median(one.processor for one in times[kind]) for kind in KINDS}
    return {
        "tries_each": len(times["known"]),
        "median_ms": _rounded(clock),
        "processor_median_ms": _rounded(processor),
        "p95_ms": _rounded(
            {kind: quantiles([one.clock for one in times[kind]], n=20)[-1] for kind in KINDS}
        ),
        "largest_difference_ms": _spread(clock),
        "processor_largest_difference_ms": _spread(processor),
    }


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {kind: round(value, 3) for kind, value in values.items()}


def _spread(medians: dict[str, float]) -> float:
    return round(max(medians.values()) - min(medians.values()), 3)


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the sign-in's refusals.")
    parser.add_argument("--tries", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="facevote-timing-") as folder:
        set_up(folder)
        found = figures(measure(options.tries))
    if options.json:
        print(json.dumps(found, indent=2))
        return
    print(f"{found['tries_each']} tries each, milliseconds")
    for name in ("median_ms", "processor_median_ms", "p95_ms"):
        print(f"{name:20}", "   ".join(f"{kind} {ms:8.3f}" for kind, ms in found[name].items()))
    print("largest difference of medians:", found["largest_difference_ms"])
    print("of the processor's time:", found["processor_largest_difference_ms"])


if __name__ == "__main__":
    main()
