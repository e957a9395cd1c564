"""Opening an election together with the roll changes that two officials approved before."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from voting.elections import life_cycle
from voting.refusals import StepRefused
from voting.roll import changes

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User
    from voting.models import Election

log = logging.getLogger(__name__)


def open_election(election: Election, *, actor: User | None, now: dt.datetime) -> None:
    """Open it, then apply the changes of its roll that wait for that. Raises StepRefused.

    A change that no longer fits, because an account was deleted meanwhile, must not keep everybody
    else from voting: it stays in the list of changes as approved and not applied.
    """
    life_cycle.open_election(election, actor=actor, now=now)
    apply_changes(election, now=now)


def apply_changes(election: Election, *, now: dt.datetime) -> None:
    """Can be repeated: what is on the roll already is not applied again."""
    for change in changes.waiting(election):
        try:
            changes.apply_waiting(change, now=now)
        except StepRefused:
            log.warning("roll change %s no longer fits and was not applied", change.pk)
