"""Times the readiness of a long roll: the counts, and the first page of each standing.

python -m benchmarks.speed.readiness [--voters 50000] [--database postgresql] [--rounds 15] [--json]
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.harness import figures, throwaway

if TYPE_CHECKING:
    from collections.abc import Callable

    from voting.models import Election

# As stored: a nonce, 512 numbers of four bytes, and a tag.
TEMPLATE_BYTES = 2100
BATCH = 2000
MUST_MS = 300


def make_roll(voters: int) -> Election:
    """An election whose voters stand everywhere on the way, the most of them ready."""
    from django.utils import timezone

    from accounts.models import User
    from biometrics.models import Reference
    from voting.models import Election, VoterRollEntry, number_key

    now = timezone.now()
    election = Election.objects.create(slug="long", title="A long roll")
    for start in range(0, voters, BATCH):
        numbers = range(start, min(start + BATCH, voters))
        users = User.objects.bulk_create(
            User(
                username=f"v{number}",
                email=f"v{number}@example.org" if number % 10 else "",
                password="!" if number % 5 == 0 else "pbkdf2_sha256$1$a$b",
            )
            for number in numbers
        )
        VoterRollEntry.objects.bulk_create(
            VoterRollEntry(
                election=election,
                user=user,
                name=f"Voter {number}",
                voter_number=f"N{number:06}",
                number_key=number_key(f"N{number:06}"),
                has_voted=number % 7 == 1,
            )
            for number, user in zip(numbers, users, strict=True)
        )
        Reference.objects.bulk_create(
            Reference(
                user=user,
                encoder="random",
                encoder_sha256="0" * 64,
                template=b"t" * TEMPLATE_BYTES,
                photos_used=3,
                made_at=now,
                verified_at=now if number % 3 else None,
            )
            for number, user in zip(numbers, users, strict=True)
            if number % 4
        )
    return election


def milliseconds(work: Callable[[], object], rounds: int) -> dict[str, float]:
    """Median and longest time of `work`."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return {"ms_p50": sorted(times)[rounds // 2], "ms_max": max(times)}


def measure(election: Election, rounds: int) -> dict[str, object]:
    """The whole first page, as an official's browser gets it, by what the list is filtered for."""
    from django.test import Client
    from django.urls import reverse

    from accounts.models import User
    from accounts.sign_in import login
    from voting.readiness.standings import Standing

    official = User.objects.create_superuser("official")
    client = Client()
    client.force_login(official, backend=login.BACKEND)
    session = client.session
    session[login.FACTORS] = [login.PASSWORD, "totp"]
    session.save()
    page = reverse("admin:voting_election_readiness", args=[election.pk])

    def look(standing: str) -> None:
        """The list of everybody if it is empty."""
        answer = client.get(page, {"standing": standing} if standing else {})
        if answer.status_code != 200 or b"N0000" not in answer.content:
            raise SystemExit(f"the list of {standing or 'all'} does not show its voters")

    shown = {"all": "", **{str(standing): str(standing) for standing in Standing}}
    return {name: milliseconds(partial(look, value), rounds) for name, value in shown.items()}


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--voters", type=int, default=50_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    with throwaway.site(options.database, **throwaway.in_production()):
        measured = measure(make_roll(options.voters), options.rounds)
    figures.show(
        {"voters": options.voters, "database": options.database, "must_ms": MUST_MS, **measured},
        as_json=options.json,
    )


if __name__ == "__main__":
    main()
