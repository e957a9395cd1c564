"""What pages and the API read; before release nothing here tells a count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voting.models import Election, State

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Turnout:
    eligible: int
    voted: int

    @property
    def percent(self) -> float:
        return round(100 * self.voted / self.eligible, 1) if self.eligible else 0.0


def public_elections() -> QuerySet[Election]:
    return Election.objects.exclude(state=State.DRAFT)


def turnout(election: Election) -> Turnout:
    roll = election.roll.filter(removed_by__isnull=True)
    return Turnout(roll.count(), roll.filter(has_voted=True).count())
