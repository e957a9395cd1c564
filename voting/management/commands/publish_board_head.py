"""Print a signed head of an election's board, to be published where this server has no say."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from voting.board import appending as boards
from voting.board import reading
from voting.crypto.chain import Tip
from voting.models import Board, Election

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Prints (or appends to a file) a signed head of an election's board."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("election", help="the election's identifier")
        parser.add_argument("--append-to", type=Path, help="a file to append the head to")

    def handle(self, *args: Any, **options: Any) -> None:
        election = Election.objects.filter(slug=options["election"]).first()
        last = reading.public_events(election).last() if election else None
        if election is None or last is None:
            raise CommandError(f"No election {options['election']} has a board.")
        hour = Board.objects.get(election=election).hour
        head = boards.sign(election, Tip(last.seq + 1, last.hash), hour).to_json().decode()
        if options["append_to"]:
            _append(options["append_to"], f"{head}\n".encode())
        else:
            self.stdout.write(head)


def _append(path: Path, line: bytes) -> None:
    """Whole or not at all: after half a line nobody could read the heads that stand before it."""
    try:
        with path.open("ab", buffering=0) as file:
            before = file.tell()
            if file.write(line) != len(line):
                file.truncate(before)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
