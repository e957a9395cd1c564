"""How often two officials let in a voter without a face step. The result page shows the number."""

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
    """Overrides spent on a ballot of this election, or to sign in while it was open.

    A sign-in counts if the person is on the roll of this election.
    """
    relevant = Q(purpose=OverridePurpose.CAST, spent_on=election_subject(election.pk))
    opened_at = _time_of(Action.ELECTION_OPENED, election)
    closed_at = _time_of(Action.ELECTION_CLOSED, election)
    if opened_at is not None and closed_at is not None:
        relevant |= Q(
            purpose=OverridePurpose.LOGIN,
            voter__in=election.roll.exclude(user=None).values("user"),
            spent_at__range=(opened_at, closed_at),
        )
    return AccessOverride.objects.filter(relevant, spent_at__isnull=False).count()


def _time_of(step: Action, election: Election) -> dt.datetime | None:
    events = AuditEvent.objects.filter(action=step, subject=election_subject(election.pk))
    return events.values_list("at", flat=True).last()
