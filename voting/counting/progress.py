"""How far a count is, for the election's page in the administration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voting.models import CountProgress, CountStage
from voting.progress import ShownProgress

if TYPE_CHECKING:
    from voting.models import Election


def progress_of(election: Election) -> ShownProgress | None:
    stored = CountProgress.objects.filter(election=election).first()
    return (
        None
        if stored is None
        else ShownProgress(_words(stored), stored.done, stored.total, _is_running(stored))
    )


def _words(stored: CountProgress) -> str:
    match stored.stage:
        case CountStage.WAITING:
            return _("The count has not begun yet.")
        case CountStage.VERIFYING:
            return _("%(done)d of %(total)d ballots verified") % _numbers(stored)
        case CountStage.WITNESSES:
            words = ngettext(
                "%(total)d witness must sign the closed board before it is decrypted.",
                "%(total)d witnesses must sign the closed board before it is decrypted.",
                stored.total,
            )
            return words % _numbers(stored)
        case CountStage.TRUSTEES:
            return _("%(done)d of %(total)d parts of the trustees have arrived") % _numbers(stored)
        case CountStage.FAILED:
            return _("The count has stopped, and nothing was counted: %(reason)s") % {
                "reason": stored.reason
            }
        case _:
            return _("The count is done.")


def _numbers(stored: CountProgress) -> dict[str, int]:
    return {"done": stored.done, "total": stored.total}


def _is_running(stored: CountProgress) -> bool:
    return stored.stage in {CountStage.VERIFYING, CountStage.WITNESSES, CountStage.TRUSTEES}
