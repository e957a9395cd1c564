"""How far the import of a roll is, for its page in the administration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from voting.models import WorkState
from voting.progress import ShownProgress

if TYPE_CHECKING:
    from voting.models import RollImport


def import_progress(stored: RollImport) -> ShownProgress:
    running = stored.state in {WorkState.READING, WorkState.WRITING}
    return ShownProgress(_words(stored), stored.done, stored.total, running)


def _words(stored: RollImport) -> str:
    match stored.state:
        case WorkState.WAITING | WorkState.ORDERED:
            return _("Waiting for the worker.")
        case WorkState.READING:
            return _("%(done)d of %(total)d lines read") % _numbers(stored)
        case WorkState.WRITING:
            return _("%(done)d of %(total)d voters written") % _numbers(stored)
        case WorkState.DONE:
            numbers = {"new": stored.added, "changed": stored.changed}
            return _("The roll was imported: %(new)d new, %(changed)d changed.") % numbers
        case _:
            return stored.reason


def _numbers(stored: RollImport) -> dict[str, int]:
    return {"done": stored.done, "total": stored.total}
