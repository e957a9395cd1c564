"""Remove the link between the persons and the credentials of an election, for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from voting.board.heads import public_head
from voting.models import Election
from voting.refusals import StepRefused
from voting.roll.forgetting import forget

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Forgets whose credential is whose, after the time for appeals and with the approval of "
        "two officials. Prints a signed head of the board that says so, as a receipt."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("election", help="the election's identifier")
        parser.add_argument("--no-input", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        election = Election.objects.filter(slug=options["election"]).first()
        if election is None:
            raise CommandError(f"There is no election {options['election']}.")
        if not options["no_input"]:
            self.stderr.write(
                "Nobody can find out afterwards which ballot was whose. Back-ups still tell it: "
                "delete them too. Type the election's identifier to go on:"
            )
            if input().strip() != election.slug:
                raise CommandError("Nothing was changed.")
        try:
            forget(election, now=timezone.now())
        except StepRefused as refusal:
            raise CommandError("; ".join(map(str, refusal.reasons))) from refusal
        head = public_head(election)
        self.stdout.write(head.decode() if head else "")
