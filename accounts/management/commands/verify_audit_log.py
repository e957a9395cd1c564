from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import audit_heads
from accounts.audit import verify_chain
from accounts.models import AuditEvent

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Check that no event of the audit log was altered, removed or inserted, and that the log "
        "still holds every head that was noted outside the database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head", help="a head noted earlier; the log must hold it, else its end was cut off"
        )
        parser.add_argument(
            "--heads-file",
            type=Path,
            default=settings.AUDIT_HEADS_FILE,
            help="where the clock notes heads (default: AUDIT_HEADS_FILE)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify_chain()
        if not report.ok:
            raise CommandError(report.problem)
        head = options["head"]
        if head and not AuditEvent.objects.filter(hash=head).exists():
            raise CommandError("the log does not hold the noted head")
        noted = self._noted(options["heads_file"])
        self.stdout.write(f"{report.sequence} events, unbroken. Head: {report.head}")
        self.stdout.write(noted)

    def _noted(self, file: Path) -> str:
        try:
            count = len(list(audit_heads.noted_heads(file)))
            missing = audit_heads.missing_head(file)
        except ValueError as error:
            raise CommandError(f"{file} holds a line that is no head") from error
        if missing is not None:
            raise CommandError(
                f"the log does not hold event {missing.sequence} as it was noted in {file}: its "
                "end was cut off, or it was written anew"
            )
        return f"It holds all {count} heads noted in {file}." if count else f"{file} has no heads."
