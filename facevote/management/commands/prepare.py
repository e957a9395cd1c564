from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from accounts.roles import GRANTS
from facevote.preparing import by_hand, keys, static_files, tables
from facevote.serving.vendor import VendorError


class Command(BaseCommand):
    help = (
        "Prepare this site, or bring it up to date after an upgrade: keys if there are none, "
        "tables, roles, libraries, static files. Then list what is left to do by hand. It may be "
        "run again at any time, on several hosts at once, and says whatever it writes."
    )

    def handle(self, **options: Any) -> None:
        self._say("Settings and models", "in order")  # checked before this command began
        self._tables()
        self._libraries()
        self._static_files()
        self._left_to_do()

    def _tables(self) -> None:
        try:
            waiting = tables.waiting_migrations()
            tables.bring_up_to_date()
            fit = keys.fit(tables.sealed_samples())
        except DatabaseError as error:
            raise CommandError(
                f"The database cannot be brought up to date: {error} Check DATABASE_URL, and that "
                "the database runs and can be written."
            ) from error
        if not fit:
            keys.unmake()
            raise CommandError(
                "TEMPLATE_KEYS do not open what this database holds. Put the keys of this site "
                "back; without them its photos, templates and elections' keys cannot be used."
            )
        self._say("Database", f"{len(waiting)} migrations run" if waiting else "up to date")
        self._say("Roles", ", ".join(sorted(GRANTS)))

    def _libraries(self) -> None:
        try:
            count = static_files.lay_out_libraries()
        except (VendorError, OSError) as error:
            raise CommandError(f"The browser's libraries cannot be laid out: {error}") from None
        self._say("Browser libraries", f"{count} files in {settings.VENDOR_DIR}")

    def _static_files(self) -> None:
        try:
            count = static_files.collect()
        except OSError as error:
            raise CommandError(f"Static files cannot be collected: {error}") from None
        self._say("Static files", f"{count} files in {settings.STATIC_ROOT}")

    def _left_to_do(self) -> None:
        left = list(by_hand.left_to_do())
        if left:
            self.stdout.write("\nLeft to do by hand:")
        for sentence in left:
            self.stdout.write(f"  * {sentence}")

    def _say(self, what: str, words: str) -> None:
        self.stdout.write(f"{what}: {words}")
