"""“Am I on the roll?”, for everybody: yes or no, and no more.

A voter number and a date of birth are no secrets, but together nobody should be able to find them
by trying. So tries are counted before anything is looked up, by the address that they come from and
by the number that is asked for, and both are the same work for a yes and for a no.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.sign_in import tries
from accounts.sign_in.tries import EVERYWHERE, Key, Rule
from voting.models import State, VoterRollEntry, number_key

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from voting.models import Election

NAME: Final = "roll check"
# A family behind one address; then one question every half minute.
BY_ADDRESS: Final = Rule(10, timedelta(minutes=15), timedelta(seconds=30))
# Somebody who mistypes a birthday. Then one a quarter of an hour: all birthdays of a hundred years
# would take a year.
BY_NUMBER: Final = Rule(5, timedelta(hours=24), timedelta(minutes=15))
ASKED_ABOUT: Final = (State.FROZEN, State.OPEN)


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    WAIT = "wait"


class TooMany(Exception):
    """Nothing was looked up."""


def is_offered(election: Election) -> bool:
    return election.roll_check and election.state in ASKED_ABOUT


def asks_birth_date(election: Election) -> bool:
    """Whether the roll has dates of birth; then the number alone is no question."""
    return _standing(election).filter(date_of_birth__isnull=False).exists()


def ask(
    election: Election,
    voter_number: str,
    date_of_birth: dt.date | None,
    *,
    address: str,
    now: dt.datetime,
) -> Answer:
    """Say whether this number, with this date of birth, is on the roll of a public election."""
    key = number_key(voter_number)
    try:
        with transaction.atomic():
            _count(election, key, address, now)
    except TooMany:
        return Answer.WAIT
    entry = _standing(election).filter(number_key=key).first()
    born = entry.date_of_birth if entry else None
    wanted = date_of_birth if asks_birth_date(election) else born
    same_day = constant_time_compare(str(born), str(wanted))
    return Answer.YES if entry is not None and same_day else Answer.NO


def _count(election: Election, key: str, address: str, now: dt.datetime) -> None:
    """Count the question by both rules or by none. Raises TooMany."""
    mark = salted_hmac(NAME, f"{election.pk} {key}").hexdigest()
    by_number = tries.take(Key(f"roll {mark}", EVERYWHERE), BY_NUMBER, now=now)
    if not (tries.take(Key(NAME, address), BY_ADDRESS, now=now) and by_number):
        raise TooMany


def _standing(election: Election) -> QuerySet[VoterRollEntry]:
    return VoterRollEntry.objects.filter(election=election, removed_by__isnull=True)
