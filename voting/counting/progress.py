"""How far a count is, for the page that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from voting.models import CountProgress, Stage

if TYPE_CHECKING:
    from voting.models import Election


@dataclass(frozen=True, slots=True)
class Progress:
    words: str
    done: int
    total: int
    is_running: bool


def progress_of(election: Election) -> Progress | None:
    row = CountProgress.objects.filter(election=election).first()
    return None if row is None else Progress(_words(row), row.done, row.total, _is_running(row))


def _words(row: CountProgress) -> str:
    match row.stage:
        case Stage.WAITING:
            return _("The count has not begun yet.")
        case Stage.VERIFYING:
            return _("%(done)d of %(total)d ballots verified") % _numbers(row)
        case Stage.TRUSTEES:
            return _("%(done)d of %(total)d parts of the trustees have arrived") % _numbers(row)
        case Stage.FAILED:
            return _("The count has stopped, and nothing was counted: %(reason)s") % {
                "reason": row.reason
            }
        case _:
            return _("The count is done.")


def _numbers(row: CountProgress) -> dict[str, int]:
    return {"done": row.done, "total": row.total}


def _is_running(row: CountProgress) -> bool:
    return row.stage in {Stage.VERIFYING, Stage.TRUSTEES}
