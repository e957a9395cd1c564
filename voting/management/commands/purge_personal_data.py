from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts import housekeeping
from voting.roll import purging

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Delete expired sessions, codes, tokens and letters, and erase the people from rolls whose "
        "result was released ROLL_DAYS ago. The clock does the same."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="only name the rolls that would be purged"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["dry_run"]:
            elections = purging.due(now=now)
        else:
            housekeeping.purge(now=now)
            elections = purging.purge_rolls(now=now)
        verb = "would be" if options["dry_run"] else "were"
        self.stdout.write(
            f"{len(elections)} rolls {verb} purged (released {settings.ROLL_DAYS} days ago)"
        )
        for election in elections:
            self.stdout.write(f"  {election.slug}")
