from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.audit import verify_chain


class Command(BaseCommand):
    help = "Check that no event of the audit log was altered, removed or put in between."

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify_chain()
        if not report.ok:
            raise CommandError(report.problem)
        self.stdout.write(f"{report.sequence} events, unbroken. Head: {report.head}")
