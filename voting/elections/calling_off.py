"""Calling off an election that is frozen and has not opened: its only other way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import Action, record
from voting.models import Election, State, election_subject
from voting.refusals import StepRefused

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User


def can_be_called_off(election: Election) -> bool:
    """Only before it opens: from then on there may be ballots, and each of them counts."""
    return election.state == State.FROZEN


@transaction.atomic
def call_off(election: Election, *, reason: str, actor: User, now: dt.datetime) -> None:
    """Call it off for good, with a reason that everybody can read. Raises StepRefused."""
    if not reason.strip():
        raise StepRefused(_("Say why: voters read it on the election's page."))
    done = Election.objects.filter(pk=election.pk, state=State.FROZEN).update(
        state=State.CALLED_OFF, called_off_at=now, called_off_reason=reason.strip()
    )
    if done != 1:
        raise StepRefused(_("Only an election that is frozen and not yet open can be called off."))
    record(Action.ELECTION_CALLED_OFF, actor=actor, subject=election_subject(election.pk))
    election.refresh_from_db()
