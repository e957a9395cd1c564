"""Print a signed head of an election's board, to be published where this server has no say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from voting import selectors
from voting.crypto.chain import Tip
from voting.models import Board, Election
from voting.services import board as boards

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Prints (or appends to a file) a signed head of an election's board."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("election", help="the election's identifier")
        parser.add_argument("--append-to", type=Path, help="a file to append the head to")

    def handle(self, *args: Any, **options: Any) -> None:
        election = Election.objects.filter(slug=options["election"]).first()
        last = selectors.public_events(election).last() if election else None
        if election is None or last is None:
            raise CommandError(f"No election {options['election']} has a board.")
        hour = Board.objects.get(election=election).hour
        head = boards.sign(election, Tip(last.seq + 1, last.hash), hour).to_json().decode()
        if options["append_to"]:
            with options["append_to"].open("a", encoding="utf-8") as file:
                file.write(f"{head}\n")
        else:
            self.stdout.write(head)
