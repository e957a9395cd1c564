from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from biometrics.storage.photos import stored_names
from facevote.backup import envelope, making, retention, site_keys
from facevote.backup.archive import reason_of
from facevote.backup.database import DatabaseRefused
from facevote.backup.progress import bars

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Writes a back-up of database, photos and boards' heads into a folder, encrypted with age "
        "for a recipient or a passphrase, while the site goes on. The keys of the site are not in "
        "it: --keys writes them into a file of their own. Keep the two in different places."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--recipient", action="append", default=[], help="a public key of age (age1…)"
        )
        parser.add_argument("--passphrase-file", type=Path, help="its first line is the passphrase")
        parser.add_argument("--keep", type=int, help="afterwards delete all but the newest so many")
        parser.add_argument(
            "--keys", type=Path, metavar="FILE", help="write the keys to this file instead"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["keys"]:
                self._write_keys(options)
            else:
                self._back_up(options)
        except (envelope.EnvelopeRefused, DatabaseRefused) as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(reason_of(error)) from None

    def _back_up(self, options: dict[str, Any]) -> None:
        folder: Path = options["folder"]
        if options["keep"] is not None and options["keep"] < 1:
            raise CommandError("--keep must be at least 1")
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder")
        recipients, passphrase = _to(options)
        now = timezone.now()
        with bars(photos=sum(1 for _name in stored_names())) as progress:
            if passphrase:
                made = making.back_up_by_passphrase(folder, passphrase, now=now, progress=progress)
            else:
                made = making.back_up(folder, recipients, now=now, progress=progress)
        file, contents = made
        size = file.stat().st_size / 1e6
        self.stdout.write(
            f"{file}: {size:.1f} MB, {contents.photos} photos, the audit log up to event "
            f"{contents.audit_sequence}, {len(contents.boards)} boards. The keys are not in it."
        )
        if options["keep"] is not None:
            for name in retention.delete_old(folder, keep=options["keep"]):
                self.stdout.write(f"Deleted the old {name}")

    def _write_keys(self, options: dict[str, Any]) -> None:
        file: Path = options["keys"]
        recipients, passphrase = _to(options)
        if file.exists():
            raise CommandError(f"{file} is there already")
        if passphrase:
            site_keys.write_for_passphrase(file, passphrase)
        else:
            site_keys.write_for(file, recipients)
        self.stdout.write(
            f"{file} holds the keys. Without them every photo, template and sealed key of an "
            "election is lost: keep it where the back-ups are not."
        )


def _to(options: dict[str, Any]) -> tuple[list[Any], str]:
    """The recipients, or the passphrase. CommandError unless there is one of the two."""
    if bool(options["recipient"]) == bool(options["passphrase_file"]):
        raise CommandError("give --recipient or --passphrase-file: nothing is written in the clear")
    if options["passphrase_file"]:
        return [], envelope.passphrase_of(options["passphrase_file"])
    return envelope.recipients_of(options["recipient"]), ""
