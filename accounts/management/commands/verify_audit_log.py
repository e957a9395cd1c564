from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from accounts.audit import verify_chain
from accounts.models import AuditEvent

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Check that no event of the audit log was altered, removed or inserted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head", help="a head noted earlier; the log must hold it, else its end was cut off"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify_chain()
        if not report.ok:
            raise CommandError(report.problem)
        head = options["head"]
        if head and not AuditEvent.objects.filter(hash=head).exists():
            raise CommandError("the log does not hold the noted head")
        self.stdout.write(f"{report.sequence} events, unbroken. Head: {report.head}")
