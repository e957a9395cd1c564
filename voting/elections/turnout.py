"""How many of the eligible voters have voted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voting.models import Election


@dataclass(frozen=True, slots=True)
class Turnout:
    eligible: int
    voted: int

    @property
    def percent(self) -> float:
        return round(100 * self.voted / self.eligible, 1) if self.eligible else 0.0


def turnout_of(election: Election) -> Turnout:
    roll = election.roll.filter(removed_by__isnull=True)
    return Turnout(roll.count(), roll.filter(has_voted=True).count())
