"""Erases who stood on the roll of an election that has been over for a while.

The public record stays whole: credentials, aliases and ballots are what it is made of, and no name.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from accounts.audit import Action, record
from accounts.models import AuditEvent
from voting.models import (
    DetailsAttempts,
    Election,
    LetterBatch,
    Mail,
    RollChange,
    State,
    election_subject,
)

if TYPE_CHECKING:
    from datetime import datetime

# The guards of the database know this prefix too.
PURGED = "purged-"


def purge_rolls(*, now: datetime) -> list[Election]:
    """Purge every roll whose result was released ROLL_DAYS ago. Returns their elections."""
    return [election for election in due(now=now) if purge(election)]


def due(*, now: datetime) -> list[Election]:
    """Elections that were released so long ago that their rolls have to be purged."""
    before = now - timedelta(days=settings.ROLL_DAYS)
    released = AuditEvent.objects.filter(action=Action.RESULT_RELEASED, at__lte=before)
    subjects = set(released.values_list("subject", flat=True))
    elections = Election.objects.filter(state=State.RELEASED).order_by("pk")
    return [election for election in elections if election_subject(election.pk) in subjects]


@transaction.atomic
def purge(election: Election) -> bool:
    """Erase names, numbers, dates and accounts from a roll; False if that was done before."""
    entries = election.roll.exclude(number_key__startswith=PURGED)
    changes = RollChange.objects.filter(election=election).exclude(reason="")
    count = entries.update(
        user=None,
        name="",
        voter_number="",
        number_key=Concat(Value(PURGED), Cast("pk", CharField())),
        date_of_birth=None,
        district="",
    )
    changed = changes.update(reason="", add=[], remove=[])
    DetailsAttempts.objects.filter(election=election).delete()
    Mail.objects.filter(mailing__election=election).delete()
    LetterBatch.objects.filter(election=election).delete()
    if not count and not changed:
        return False
    subject = election_subject(election.pk)
    record(Action.ROLL_PURGED, actor=None, subject=subject, entries=count)
    return True
