"""How often two officials let a voter in whose face failed: counted on the result page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from accounts.audit import Action
from accounts.models import AccessOverride, AuditEvent, OverridePurpose
from voting.models import election_subject

if TYPE_CHECKING:
    import datetime as dt

    from voting.models import Election


def overrides_used(election: Election) -> int:
    """For a ballot in this election, or to sign in while it ran, by somebody on its roll."""
    counted = Q(purpose=OverridePurpose.CAST, spent_on=election_subject(election.pk))
    opened = _time_of(Action.ELECTION_OPENED, election)
    closed = _time_of(Action.ELECTION_CLOSED, election)
    if opened is not None and closed is not None:
        counted |= Q(
            purpose=OverridePurpose.LOGIN,
            voter__in=election.roll.exclude(user=None).values("user"),
            spent_at__range=(opened, closed),
        )
    return AccessOverride.objects.filter(counted, spent_at__isnull=False).count()


def _time_of(step: Action, election: Election) -> dt.datetime | None:
    events = AuditEvent.objects.filter(action=step, subject=election_subject(election.pk))
    return events.values_list("at", flat=True).last()
