"""Read delivery reports from a mailbox, and mark the letters that came back."""

from __future__ import annotations

import mailbox
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from voting.mailing.bounces import bounces_in, note_bounce

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator


class Command(BaseCommand):
    help = (
        "Reads delivery reports (DSN) and marks the letters that came back. Takes a Maildir "
        "folder, an mbox file, or with - one message from the standard input, as a mail server's "
        "alias pipes it. The mailbox is only read; reading it again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("mailbox", help="a Maildir folder, an mbox file, or -")

    def handle(self, *args: Any, **options: Any) -> None:
        messages = found = unknown = 0
        for content in _messages(options["mailbox"]):
            messages += 1
            for message_id, words in bounces_in(content):
                if note_bounce(message_id, words):
                    found += 1
                else:
                    unknown += 1
        self.stdout.write(
            f"{messages} messages read, {found} letters came back, "
            f"{unknown} reports of other letters."
        )


def _messages(name: str) -> Iterator[bytes]:
    if name == "-":
        yield sys.stdin.buffer.read()
        return
    path = Path(name)
    if not path.exists():
        raise CommandError(f"{name}: there is no such mailbox.")
    box: mailbox.Mailbox[Any]
    try:
        if path.is_dir():
            box = mailbox.Maildir(path, create=False)
        else:
            box = mailbox.mbox(path, create=False)
        for key in box.keys():  # noqa: SIM118 - a mailbox iterates over its messages
            yield box.get_bytes(key)
    except (OSError, mailbox.Error) as error:
        raise CommandError(f"{name}: {error}") from error
