"""The details step: what the voter enters must fit the roll. One wording for every refusal."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from voting.elections import rules
from voting.models import DetailsAttempts, VoterRollEntry, number_key
from voting.refusals import Code, DetailsRefused

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User
    from voting.models import Election


def entry_of(election: Election, user: User) -> VoterRollEntry | None:
    return election.roll.filter(user=user, removed_by__isnull=True).first()


def check_details(
    election: Election,
    user: User,
    *,
    voter_number: str,
    date_of_birth: dt.date | None,
    now: dt.datetime,
) -> VoterRollEntry:
    """The roll entry that fits; DetailsRefused otherwise, after a few tries with a wait."""
    attempts, _new = DetailsAttempts.objects.get_or_create(election=election, user=user)
    if attempts.wait_until is not None and now < attempts.wait_until:
        raise DetailsRefused(Code.DETAILS_WAIT)
    entry = entry_of(election, user)
    if entry is None or not _fits(election, entry, voter_number, date_of_birth):
        _count_failure(attempts, now)
        raise DetailsRefused(Code.DETAILS_WRONG)
    DetailsAttempts.objects.filter(pk=attempts.pk).update(failures=0, wait_until=None)
    return entry


def _fits(
    election: Election, entry: VoterRollEntry, voter_number: str, date_of_birth: dt.date | None
) -> bool:
    right = True
    if election.ask_voter_number:
        given, known = number_key(voter_number).encode(), entry.number_key.encode()
        right = hmac.compare_digest(given, known)
    if election.ask_date_of_birth:
        right = right and date_of_birth is not None and date_of_birth == entry.date_of_birth
    return right


@transaction.atomic
def _count_failure(attempts: DetailsAttempts, now: dt.datetime) -> None:
    row = DetailsAttempts.objects.filter(pk=attempts.pk)
    row.update(failures=F("failures") + 1)
    failures = row.values_list("failures", flat=True).get()
    wait = rules.wait_after(failures)
    if wait:
        row.update(wait_until=now + wait)
