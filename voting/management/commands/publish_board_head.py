"""Print a signed head of an election's board, to be published where this server has no control."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from voting.board.heads import public_head
from voting.models import Election

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Prints (or appends to a file) a signed head of an election's board."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("election", help="the election's identifier")
        parser.add_argument("--append-to", type=Path, help="a file to append the head to")

    def handle(self, *args: Any, **options: Any) -> None:
        election = Election.objects.filter(slug=options["election"]).first()
        head = public_head(election) if election else None
        if head is None:
            raise CommandError(f"No election {options['election']} has a board.")
        line = head.decode()
        if options["append_to"]:
            _append(options["append_to"], f"{line}\n".encode())
        else:
            self.stdout.write(line)


def _append(path: Path, line: bytes) -> None:
    """Append the whole line or nothing: half a line would make the file unreadable as a whole."""
    try:
        with path.open("ab", buffering=0) as file:
            old_size = file.tell()
            if file.write(line) != len(line):
                file.truncate(old_size)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
