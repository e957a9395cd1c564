from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from facevote.backup import checking, envelope, restoring
from facevote.backup.archive import ArchiveBroken, reason_of
from facevote.backup.contents import ContentsRefused
from facevote.backup.database import DatabaseRefused
from facevote.backup.progress import bars

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from pyrage.x25519 import Identity

REFUSALS = (
    restoring.RestoreRefused,
    envelope.EnvelopeRefused,
    ArchiveBroken,
    ContentsRefused,
    DatabaseRefused,
)


class Command(BaseCommand):
    help = (
        "Gets a site back from a back-up, into a site that is empty, and checks the audit log, "
        "every board, photos, keys and models. Ends with exit code 1 if anything is missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--identity", type=Path, help="the file of age-keygen")
        parser.add_argument("--passphrase-file", type=Path, help="its first line is the passphrase")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with bars() as progress:
                contents, restored = restoring.restore(
                    options["file"], _identities(options), progress=progress
                )
        except REFUSALS as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(reason_of(error)) from None
        self.stdout.write(
            f"Restored the site of {contents.made_at}: {restored.photos} photos, the audit log up "
            f"to event {contents.audit_sequence}. Everybody has to sign in anew."
        )
        found = list(checking.faults(contents, restored, checked=self._say))
        for fault in found:
            self.stderr.write(f"- {fault}")
        if found:
            raise CommandError(f"{len(found)} things are missing or wrong")
        self.stdout.write("Nothing is missing.")

    def _say(self, what: str) -> None:
        self.stdout.write(f"Checking {what}")


def _identities(options: dict[str, Any]) -> list[Identity]:
    if bool(options["identity"]) == bool(options["passphrase_file"]):
        raise CommandError("give --identity or --passphrase-file")
    if options["identity"]:
        return envelope.identities_of(options["identity"])
    file: Path = options["file"]
    beside = file.with_name(file.name + envelope.IDENTITY_SUFFIX)
    return envelope.unlock(beside, envelope.passphrase_of(options["passphrase_file"]))
