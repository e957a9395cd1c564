"""Write the page on which another device checks an opened ballot, as one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from biometrics.engine.whole_files import write_atomically
from voting.public.audit_page import PartMissing, audit_page

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Writes the page that checks opened ballots to a file that needs no server."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=Path("verifier/audit.html"))
        parser.add_argument("--language", default="", help="of the page; the site's if not given")

    def handle(self, *args: Any, **options: Any) -> None:
        language = options["language"] or translation.get_language() or "en"
        try:
            with translation.override(language):
                page = audit_page()
        except PartMissing as error:
            raise CommandError(f"{error} is missing: run facevote.serving.vendor first.") from None
        write_atomically(options["file"], page.encode())
        self.stdout.write(f"{options['file']}: {len(page.encode())} bytes")
