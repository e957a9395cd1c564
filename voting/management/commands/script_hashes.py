"""Print the hashes of the voters' scripts, to be published. Anybody can then compare them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from voting.public.served_scripts import NotCollected, list_sha256, served_scripts

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Prints the SHA-256 of every script that voters' pages load, and one of the whole list."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object instead")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            scripts = served_scripts()
        except NotCollected as error:
            raise CommandError(f"{error}: run collectstatic first.") from None
        hash_of_list = list_sha256(scripts)
        if options["json"]:
            rows = [
                {"path": script.path, "sha256": script.sha256, "integrity": script.integrity}
                for script in scripts
            ]
            self.stdout.write(json.dumps({"scripts": rows, "list_sha256": hash_of_list}, indent=2))
            return
        for script in scripts:
            self.stdout.write(script.line)
        self.stdout.write(f"{hash_of_list}  list of {len(scripts)} scripts")
