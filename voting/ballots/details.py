"""The details step: what the voter enters must match the roll.

Every mismatch gets the same sentence, so that nobody can find out what the roll says.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from django.db import transaction

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
    DetailsAttempts.objects.get_or_create(election=election, user=user)
    entry = entry_of(election, user)
    matches = entry is not None and _matches(election, entry, voter_number, date_of_birth)
    # Committed also where the details are wrong, so nothing is raised inside.
    with transaction.atomic():
        # Locks the row: of many guesses at once, each sees the failures of those before it.
        attempts = DetailsAttempts.objects.select_for_update().get(election=election, user=user)
        if attempts.wait_until is not None and now < attempts.wait_until:
            refusal = DetailsRefusalCode.WAIT
        elif entry is not None and matches:
            _forget_failures(attempts)
            return entry
        else:
            _count_failure(attempts, now)
            refusal = DetailsRefusalCode.WRONG
    raise DetailsRefused(refusal)


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


def _forget_failures(attempts: DetailsAttempts) -> None:
    attempts.failures, attempts.wait_until = 0, None
    attempts.save(update_fields=["failures", "wait_until"])


def _count_failure(attempts: DetailsAttempts, now: dt.datetime) -> None:
    attempts.failures += 1
    wait = rules.wait_after(attempts.failures)
    if wait:
        attempts.wait_until = now + wait
    attempts.save(update_fields=["failures", "wait_until"])
