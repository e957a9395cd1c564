"""Importing a roll for a program, which waits for the end and confirms nothing on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from voting.models import RollImport, WorkState
from voting.refusals import StepRefused
from voting.roll import imports

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User
    from voting.models import Election
    from voting.roll.report import Report


def import_now(
    election: Election, data: bytes, *, actor: User, doubts_accepted: bool, now: dt.datetime
) -> Report:
    """Import all rows or none. Raises RollFileRefused and StepRefused, with all reasons.

    The rows are written in short batches here too. If this process dies meanwhile, the worker
    finishes what it has begun.
    """
    stored = imports.begin(election, data, actor=actor, create_voters=False, now=now)
    try:
        imports.preview(stored.pk)
        report = _report(stored)
        if report.problems:
            raise StepRefused(*report.problems)
        if report.doubts and not doubts_accepted:
            raise StepRefused(*report.doubts, _("Send doubts_accepted=true if the file is right."))
        imports.confirm(stored, doubts_accepted=doubts_accepted)
        imports.write(stored.pk)
        stored.refresh_from_db(fields=["state", "reason"])
        if stored.state != WorkState.DONE:
            raise StepRefused(stored.reason)
        return report
    finally:
        RollImport.objects.filter(pk=stored.pk).exclude(state__in=imports.AT_WORK).delete()


def _report(stored: RollImport) -> Report:
    """Raises StepRefused."""
    stored.refresh_from_db(fields=["state", "reason", "report"])
    if stored.state == WorkState.FAILED:
        raise StepRefused(stored.reason)
    return imports.report_of(stored)
