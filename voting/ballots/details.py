"""The details step: what the voter enters must match the roll.

Every mismatch gets the same sentence, so that nobody can find out what the roll says.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from voting.elections import rules
from voting.models import DetailsAttempts, VoterRollEntry, number_key
from voting.refusals import DetailsRefusalCode, DetailsRefused

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User
    from voting.models import Election


def entry_of(election: Election, user: User) -> VoterRollEntry | None:
    """The user's entry on the roll of this election, unless it was removed."""
    return election.roll.filter(user=user, removed_by__isnull=True).first()


def check_details(
    election: Election,
    user: User,
    *,
    voter_number: str,
    date_of_birth: dt.date | None,
    now: dt.datetime,
) -> VoterRollEntry:
    """The voter's roll entry, if the details match it.

    Raises DetailsRefused if they do not, and after some failures also while the voter has to wait.
    """
    attempts, _created = DetailsAttempts.objects.get_or_create(election=election, user=user)
    if attempts.wait_until is not None and now < attempts.wait_until:
        raise DetailsRefused(DetailsRefusalCode.WAIT)
    entry = entry_of(election, user)
    if entry is None or not _matches(election, entry, voter_number, date_of_birth):
        _count_failure(attempts, now)
        raise DetailsRefused(DetailsRefusalCode.WRONG)
    DetailsAttempts.objects.filter(pk=attempts.pk).update(failures=0, wait_until=None)
    return entry


def _matches(
    election: Election, entry: VoterRollEntry, voter_number: str, date_of_birth: dt.date | None
) -> bool:
    matches = True
    if election.ask_voter_number:
        # Not the stored key: a frozen roll may keep one that an older version has made.
        entered, on_roll = (
            number_key(voter_number).encode(),
            number_key(entry.voter_number).encode(),
        )
        matches = hmac.compare_digest(entered, on_roll)
    if election.ask_date_of_birth:
        matches = matches and date_of_birth is not None and date_of_birth == entry.date_of_birth
    return matches


@transaction.atomic
def _count_failure(attempts: DetailsAttempts, now: dt.datetime) -> None:
    stored = DetailsAttempts.objects.filter(pk=attempts.pk)
    stored.update(failures=F("failures") + 1)
    failures = stored.values_list("failures", flat=True).get()
    wait = rules.wait_after(failures)
    if wait:
        stored.update(wait_until=now + wait)
