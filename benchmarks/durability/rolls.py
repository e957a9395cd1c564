"""Casts and sign-ins while a roll is previewed, imported and frozen.

    python -m benchmarks.durability.rolls [--database sqlite|postgresql] [--rows 50000]
        [--casts 4] [--sign-ins 0.5] [--debug] [--json]

An official's work goes through the pages of the administration and a real worker, as `make run` has
them. Meanwhile voters of an open election cast (--casts a second), and people sign in with their
password (--sign-ins a second). For each phase: its seconds, and how long casts and sign-ins took.
An answer that is neither a receipt nor a step of the sign-in ends the measurement. With --debug the
site runs with DEBUG, as a fresh clone does. At the end: how soon files that are far too large are
refused.
"""

from __future__ import annotations

import http.client
import secrets
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.durability import polling
from benchmarks.harness import figures, throwaway, voter
from benchmarks.harness.office import Office

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from benchmarks.durability.polling import Voter

# Voters cast and sign in for so long before the official begins, to compare with.
QUIET_SECONDS = 15
PEOPLE = 20
LONGEST_WORK = 1800


@dataclass
class Times:
    """Seconds of each answer, by what was asked for. `wrong` holds other answers than hoped for."""

    casts: list[float] = field(default_factory=list)
    sign_ins: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def take(self) -> dict[str, Any]:
        """The figures of what was collected since the last time. SystemExit for wrong answers."""
        if self.wrong:
            raise SystemExit(f"{len(self.wrong)} wrong answers, such as {self.wrong[0]}")
        taken = {"cast": _shown(self.casts), "sign_in": _shown(self.sign_ins)}
        self.casts, self.sign_ins = [], []
        return taken


def _shown(seconds: list[float]) -> dict[str, float | int]:
    if not seconds:
        return {"answers": 0}
    ordered = sorted(seconds)
    place = min(len(ordered) - 1, int(len(ordered) * 0.99))
    return {
        "answers": len(ordered),
        "median": round(ordered[len(ordered) // 2], 3),
        "p99": round(ordered[place], 3),
        "longest": round(ordered[-1], 3),
    }


@contextmanager
def busy_voters(
    port: int, ready: Iterator[Voter], times: Times, options: argparse.Namespace
) -> Iterator[None]:
    """Casts and sign-ins at their rates until the block ends."""
    over = threading.Event()

    def cast() -> None:
        person = next(ready, None)
        if person is None:
            raise SystemExit("all voters have cast: take fewer --casts, or more --voters")
        started = time.perf_counter()
        status = polling.post(port, person)
        times.casts.append(time.perf_counter() - started)
        if status != http.HTTPStatus.OK:
            times.wrong.append(f"a cast was answered {status}")

    def sign_in() -> None:
        name = f"person-{secrets.randbelow(PEOPLE)}"
        started = time.perf_counter()
        try:
            voter.sign_in(f"http://localhost:{port}", name)
        except (RuntimeError, OSError, http.client.HTTPException, KeyError) as error:
            times.wrong.append(f"a sign-in failed: {error}")
        times.sign_ins.append(time.perf_counter() - started)

    clients = [
        threading.Thread(target=_at_rate, args=(cast, options.casts, over)),
        threading.Thread(target=_at_rate, args=(sign_in, options.sign_ins, over)),
    ]
    for client in clients:
        client.start()
    try:
        yield
    finally:
        over.set()
        for client in clients:
            client.join()


def _at_rate(work: Callable[[], None], rate: float, over: threading.Event) -> None:
    """Each in a thread of its own: a slow answer must not keep the next request back."""
    running = []
    while not over.wait(1 / rate):
        running.append(threading.Thread(target=work))
        running[-1].start()
    for thread in running:
        thread.join()


def roll_of(rows: int) -> bytes:
    lines = ["voter_number,name,date_of_birth,district,username"]
    lines += [
        f"{n:06d},Voter {n} Öz,19{n % 80 + 10}-0{n % 9 + 1}-1{n % 9},D{n % 20},w{n}"
        for n in range(rows)
    ]
    return "\n".join(lines).encode()


def measure(options: argparse.Namespace) -> dict[str, Any]:
    settings = ({} if options.debug else throwaway.in_production()) | {
        "CELERY_TASK_ALWAYS_EAGER": "off",
        "OFFICIAL_SECOND_FACTOR": "none",
    }
    with throwaway.site(options.database, **settings) as data:
        _election, voters = polling.open_election(voters=options.voters, choices=2)
        draft = _set_up()
        if not options.debug:
            throwaway.collect_static_files()
        measured: dict[str, Any] = {"database": options.database, "rows": options.rows}
        times = Times()
        with throwaway.server(data) as server, throwaway.worker(data):
            office = Office(server.port)
            with busy_voters(server.port, iter(voters), times, options):
                time.sleep(QUIET_SECONDS)
                measured["quiet"] = times.take()
                for name, work in _works(office, draft, roll_of(options.rows)):
                    started = time.perf_counter()
                    work()
                    seconds = round(time.perf_counter() - started, 1)
                    measured[name] = {"seconds": seconds, **times.take()}
                    sys.stderr.write(f"{name}: {measured[name]}\n")
    return measured | {"refused_in": refusals()}


def _works(office: Office, draft: int, data: bytes) -> list[tuple[str, Callable[[], None]]]:
    return [
        ("preview", lambda: office.preview(draft, data, longest=LONGEST_WORK)),
        ("import", lambda: office.confirm(longest=LONGEST_WORK)),
        ("export", lambda: office.export(draft)),
        ("freeze", lambda: office.step(draft, "freeze", then="frozen", longest=LONGEST_WORK)),
        ("open", lambda: office.step(draft, "open", then="open", longest=LONGEST_WORK)),
    ]


def _set_up() -> int:
    """People with a password, an official, and a draft. Returns the number of the draft."""
    from django.contrib.auth.hashers import make_password

    from accounts.models import User
    from voting.models import Choice, Contest, Election

    password = make_password(voter.PASSWORD)
    User.objects.bulk_create(
        User(username=f"person-{number}", password=password) for number in range(PEOPLE)
    )
    User.objects.create_superuser("chief", password=voter.PASSWORD)
    election = Election.objects.create(slug="draft", title="Draft")
    contest = Contest.objects.create(election=election, title="Chair")
    for name in ("Ada", "Ben"):
        Choice.objects.create(contest=contest, name=name)
    return election.pk


def refusals() -> dict[str, float]:
    """Seconds of this process until a file that is far too large is refused."""
    from django.utils import timezone

    from voting.roll.reading.file import read_roll
    from voting.roll.reading.problems import RollFileRefused

    head = b"voter_number,name"
    files = {
        "a million columns": head + b"," * 1_000_000 + b"\n",
        "a million columns in a row": head + b"\n1,A" + b"," * 1_000_000 + b"\n",
        "twenty million empty lines": head + b"\n" + b"\r\n" * 20_000_000,
    }
    seconds = {}
    for name, data in files.items():
        started = time.perf_counter()
        try:
            read_roll(data, today=timezone.localdate())
        except RollFileRefused:
            seconds[name] = round(time.perf_counter() - started, 3)
    return seconds


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--debug", action="store_true")
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--voters", type=int, default=2000)
    parser.add_argument("--casts", type=float, default=4.0)
    parser.add_argument("--sign-ins", type=float, default=0.5)
    options = parser.parse_args()
    figures.show(measure(options), as_json=options.json)


if __name__ == "__main__":
    main()
