"""A test tool: changes finished elections at random and counts what the verifier names."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from verifier import verify_election
from voting.trials.mutation import mutate
from voting.trials.simulation import Shape, simulate

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from voting.crypto.board.heads import SignedHead

CHANGES_PER_ELECTION = 10


class Command(BaseCommand):
    help = "Changes finished elections at random and counts how many changes the verifier names."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--trials", type=int, default=1000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("mutate_election is a test tool and runs with DEBUG only.")
        totals = self._run(options["trials"], options["seed"])
        if options["json"]:
            self.stdout.write(json.dumps(totals))
        else:
            for name, number in totals.items():
                self.stdout.write(f"{name:>14} {number}")

    def _run(self, trials: int, seed: int) -> dict[str, int]:
        totals = {"tried": 0, "named": 0, "clean": 0, "false_alarms": 0}
        for trial in tqdm(range(trials), disable=None):
            if trial % CHANGES_PER_ELECTION == 0:
                election = simulate(_shape(seed + trial))
                totals["clean"] += 1
                totals["false_alarms"] += _has_problems(election.file, election.head)
            changed = mutate(election, seed + trial)
            totals["tried"] += 1
            totals["named"] += _has_problems(changed.file, election.head)
        return totals


def _has_problems(file: bytes, head: SignedHead) -> bool:
    published = json.loads(head.to_json())
    return bool(verify_election.verify(file, [published], processes=1).problems)


def _shape(seed: int) -> Shape:
    draw = random.Random(seed)  # noqa: S311 - only the shape of a simulation
    witnesses = draw.randint(0, 2)
    return Shape(
        voters=draw.randint(3, 7),
        choices=draw.randint(2, 4),
        blank=draw.random() < 0.5,
        revotes=draw.randint(0, 2),
        spoils=draw.randint(0, 1),
        seed=seed,
        server=draw.random() < 0.1,
        registrars=draw.randint(0, 2),
        witnesses=witnesses,
        quorum=draw.randint(0, witnesses),
        groups=draw.random() < 0.3,
        least=draw.choice((1, 1, 3)),
        waived=draw.randint(0, 1),
        newcomers=draw.randint(0, 1),
        overrides=draw.randint(0, 1),
        extensions=draw.randint(0, 1),
        forgets=draw.random() < 0.3,
        languages=draw.choice((("en",), ("de", "en"))),
        hidden=draw.random() < 0.5,
    )
