"""Invitations a second, from the queue through a Celery worker to a real SMTP server on loopback.

    python -m benchmarks.speed.mailing [--letters 10000] [--database sqlite|postgresql] [--json]

The worker is one process, as production runs it. The mail server is another process and writes
every letter down before it answers. The time is that from the order to the last letter's state.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from benchmarks.harness import figures, throwaway
from benchmarks.harness.club import make_club
from benchmarks.harness.mail_server import MailServer
from benchmarks.harness.throwaway import free_port

if TYPE_CHECKING:
    import argparse

LONGEST = 1800.0


def _warm(election: Any, official: Any) -> None:
    """One letter, so that the worker has loaded everything."""
    from django.utils import timezone

    from voting.mailing import ordering
    from voting.models import Mailing, WorkState

    first = ordering.order_one(
        election.roll.first(),
        "invitation",
        actor=official,
        site="https://vote.example.org",
        now=timezone.now(),
    )
    until = time.monotonic() + 120
    while time.monotonic() < until:
        if Mailing.objects.get(pk=first.pk).state == WorkState.DONE:
            return
        time.sleep(0.1)
    raise SystemExit("the worker does not send")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    port = free_port()
    settings = {
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "MAIL_PER_SECOND": "0",
        "CELERY_TASK_ALWAYS_EAGER": "off",
    }
    with throwaway.site(options.database, **settings) as data:
        from django.utils import timezone

        from voting.mailing import ordering
        from voting.models import Mail, Mailing, WorkState

        server = MailServer(data / "arrivals.jsonl", port)
        server.start()
        election, official = make_club(options.letters)
        with throwaway.worker(data):
            _warm(election, official)
            begun = time.monotonic()
            mailing = ordering.order(
                election,
                "invitation",
                "all",
                actor=official,
                site="https://vote.example.org",
                now=timezone.now(),
            )
            listed = 0.0
            while time.monotonic() - begun < LONGEST:
                state = Mailing.objects.get(pk=mailing.pk)
                if state.is_listed and not listed:
                    listed = time.monotonic() - begun
                if state.state == WorkState.DONE:
                    break
                time.sleep(0.2)
            seconds = time.monotonic() - begun
        sent = Mail.objects.filter(mailing=mailing, state="sent").count()
        arrived = server.arrivals()[1:]
        server.kill()
    return {
        "database": options.database,
        "letters": options.letters,
        "sent": sent,
        "arrived": len(arrived),
        "twice": len(arrived) - len(set(arrived)),
        "seconds": round(seconds, 1),
        "seconds_until_listed": round(listed, 1),
        "letters_a_second": round(len(arrived) / seconds, 1),
    }


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--letters", type=int, default=10_000)
    options = parser.parse_args()
    figures.show(measure(options), as_json=options.json)


if __name__ == "__main__":
    main()
