from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from facevote.migration_lock import only_one_migrates


class Command(migrate.Command):
    """Django's command, of which one at a time works on a database."""

    def handle(self, *args: Any, **options: Any) -> None:
        with only_one_migrates(options["database"], self._say_so):
            super().handle(*args, **options)

    def _say_so(self) -> None:
        self.stderr.write("Another process migrates this database. Waiting for it.")
