"""Kills the worker, the web process or the mail server again and again while letters are sent.

    python -m benchmarks.durability.mailing [--database sqlite|postgresql] [--rounds 200] [--json]

In each round an official orders invitations for everybody by the page. One of the three processes
is killed at a random moment and started again. If it was the web process, the official clicks
again. When the sending is done, every voter must have a state; who counts as sent has one letter;
who counts as perhaps sent has one or none; and nobody has two.

The worker and the server are forks of a process that has loaded the site, so that a round takes
seconds. The sweep that the
clock starts every minute is started at once, with the minute of silence in the table.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from benchmarks.durability.preloaded import LIBRARIES, PreloadedServer
from benchmarks.harness import figures, throwaway
from benchmarks.harness.club import make_club
from benchmarks.harness.mail_server import MailServer
from benchmarks.harness.office import FORM, Office

if TYPE_CHECKING:
    import argparse
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from voting.models import Mailing

VOTERS = 40
VICTIMS = ("worker", "web", "mail server")
ROUND_SECONDS = 180
_fork = multiprocessing.get_context("forkserver")


class Worker:
    """A Celery worker with one thread of work, forked from the server of `preloaded`."""

    def __init__(self, data: Path) -> None:
        self._log = data / "worker.log"
        self._child: BaseProcess | None = None

    def start(self) -> None:
        self._child = _fork.Process(target=_work, args=(str(self._log),), daemon=True)
        self._child.start()

    def kill(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.join()


def _work(log: str) -> None:
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    from facevote.celery import app

    app.worker_main(["worker", "--pool", "solo", "--loglevel", "warning"])


class Drill:
    """One site with its three processes, and what is counted over all rounds."""

    def __init__(self, data: Path, mail_port: int, seed: int) -> None:
        self.chance = random.Random(seed)
        self.mail = MailServer(data / "arrivals.jsonl", mail_port)
        self.web, self.worker = PreloadedServer(data), Worker(data)
        # The first start of a fork begins the fork server, which then has everything loaded.
        _fork.set_forkserver_preload([*LIBRARIES, "benchmarks.durability.loaded_site"])
        self.election, _chief = make_club(VOTERS)
        self.seen = 0
        self.states: Counter[str] = Counter()

    def start(self) -> None:
        self.mail.start()
        self.worker.start()
        self.web.start()
        self.office = Office(self.web.port)

    def end(self) -> None:
        for process in (self.worker, self.web, self.mail):
            process.kill()

    def round(self, victim: str) -> None:
        """SystemExit if a voter has no state or two letters."""
        asked = threading.Thread(target=self._order)
        asked.start()
        if victim != "web":
            asked.join()
            self._wait_for_the_first_letter()
        time.sleep(self.chance.uniform(0, 0.6))
        self._kill_and_restart(victim)
        asked.join()
        if victim == "web":
            self.office = Office(self.web.port)
            self._order()
        mailing = self._finish()
        self._check(mailing, victim)

    def _order(self) -> None:
        path = f"/admin/voting/election/{self.election.pk}/mail/?kind=invitation&audience=all"
        # The web process may be killed while it answers.
        with suppress(OSError, RuntimeError):
            self.office.post(path, b"x=", FORM)

    def _wait_for_the_first_letter(self) -> None:
        until = time.monotonic() + ROUND_SECONDS
        while time.monotonic() < until and len(self.mail.arrivals()) <= self.seen:
            time.sleep(0.02)

    def _kill_and_restart(self, victim: str) -> None:
        match victim:
            case "worker":
                self.worker.kill()
                self.worker.start()
            case "web":
                self.web.kill()
                self.web.start()
            case _:
                self.mail.kill()
                self.mail.start()

    def _finish(self) -> Mailing:
        """Let the sweep find what was left, until everything is handed over."""
        from django.utils import timezone

        from voting.mailing import sending
        from voting.mailing.tasks import sweep_mail
        from voting.models import Mail, Mailing, WorkState

        until, next_sweep = time.monotonic() + ROUND_SECONDS, time.monotonic() + 1
        while time.monotonic() < until:
            mailing = Mailing.objects.order_by("-pk").first()
            if mailing is not None and mailing.state == WorkState.DONE:
                return mailing
            if mailing is not None and time.monotonic() > next_sweep:
                # Nobody has worked on it for a second: let it be a minute.
                quiet = timezone.now() - timedelta(seconds=2)
                long_ago = timezone.now() - 2 * sending.SILENT
                idle = Mailing.objects.filter(pk=mailing.pk).exclude(beat_at__gt=quiet)
                idle.update(beat_at=long_ago, asked_at=long_ago)
                Mail.objects.filter(mailing=mailing).update(not_before=None)
                sweep_mail()
                next_sweep = time.monotonic() + 2
            time.sleep(0.05)
        raise SystemExit("the sending does not come to its end")

    def _check(self, mailing: Mailing, victim: str) -> None:
        from django.utils import timezone

        from voting.models import Mail, Mailing

        arrivals = self.mail.arrivals()
        came, self.seen = Counter(arrivals[self.seen :]), len(arrivals)
        rows = Mail.objects.filter(mailing=mailing).select_related("entry__user")
        states = {row.entry.user.email: row.state for row in rows if row.entry and row.entry.user}
        if len(states) != VOTERS or set(states.values()) - {"sent", "uncertain"}:
            raise SystemExit(f"after the {victim} was killed: {Counter(states.values())}")
        for address, state in states.items():
            letters = came.pop(address, 0)
            if letters > 1 or (state == "sent" and letters != 1):
                raise SystemExit(f"{address} counts as {state} and got {letters} letters")
        if came:
            raise SystemExit(f"letters to nobody: {came}")
        self.states.update(states.values())
        long_ago = timezone.now() - timedelta(hours=1)
        Mailing.objects.filter(pk=mailing.pk).update(asked_at=long_ago)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    port = throwaway.free_port()
    settings = {
        **throwaway.in_production(),
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "MAIL_PER_SECOND": "0",
        "OFFICIAL_SECOND_FACTOR": "none",
        "CELERY_TASK_ALWAYS_EAGER": "off",
    }
    with throwaway.site(options.database, **settings) as data:
        throwaway.collect_static_files()
        drill = Drill(data, port, options.seed)
        drill.start()
        kills: Counter[str] = Counter()
        try:
            for turn in range(options.rounds):
                victim = VICTIMS[turn % len(VICTIMS)]
                drill.round(victim)
                kills[victim] += 1
                sys.stderr.write(f"{turn + 1} rounds: {dict(drill.states)}\n")
        finally:
            drill.end()
    return {
        "database": options.database,
        "rounds": options.rounds,
        "kills": dict(kills),
        "letters": sum(drill.states.values()),
        "sent": drill.states["sent"],
        "marked_as_perhaps_sent": drill.states["uncertain"],
        "without_a_state": 0,
        "twice": 0,
    }


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    figures.show(measure(options), as_json=options.json)


if __name__ == "__main__":
    main()
