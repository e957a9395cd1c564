"""What a voter still has to do before the day, and what is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometrics.consent.agreement import has_consent
from biometrics.self_enrolment.progress import Stage, own_photos_of
from biometrics.storage.references import has_reference, was_verified
from voting.elections.public_elections import public_elections
from voting.models import Election, State, VoterRollEntry
from voting.preparing.on_the_roll import ASKED_ABOUT
from voting.preparing.policies import COMING

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User


@dataclass(frozen=True, slots=True)
class OwnRoll:
    """A coming election that has this voter on its roll. A draft's times may still change."""

    election: Election
    voter_number: str
    has_voted: bool

    @property
    def is_draft(self) -> bool:
        return self.election.state == State.DRAFT


@dataclass(frozen=True, slots=True)
class Readiness:
    """The voter's own way. `may_check` says whether the camera can be tried without signing in."""

    agreed: bool
    photos: Stage
    enrolled: bool
    checked: bool
    rolls: tuple[OwnRoll, ...]

    @property
    def is_ready(self) -> bool:
        return self.enrolled and self.checked

    @property
    def has_dates(self) -> bool:
        return any(roll.election.opens_at or roll.election.closes_at for roll in self.rolls)

    def may_check(self, *, signed_in: bool) -> bool:
        return self.enrolled and self.agreed and (signed_in or not self.checked)


def readiness_of(user: User) -> Readiness:
    return Readiness(
        agreed=has_consent(user),
        photos=own_photos_of(user).stage,
        enrolled=has_reference(user),
        checked=was_verified(user),
        rolls=tuple(_rolls(user)),
    )


def _rolls(user: User) -> list[OwnRoll]:
    entries = VoterRollEntry.objects.filter(
        user=user, removed_by__isnull=True, election__state__in=COMING
    )
    in_order = entries.select_related("election").order_by("election__opens_at", "election_id")
    return [OwnRoll(entry.election, entry.voter_number, entry.has_voted) for entry in in_order]


def with_roll_check() -> QuerySet[Election]:
    """The elections in which everybody may ask who stands on the roll."""
    return public_elections().filter(state__in=ASKED_ABOUT, roll_check=True).order_by("opens_at")
