"""The small demonstration election that `make run` creates and opens on the first start."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import transaction

from voting.elections import freezing, life_cycle
from voting.models import Choice, Contest, ContestKind, Election, FacePolicy, VoterRollEntry

if TYPE_CHECKING:
    from accounts.models import User

SLUG = "board-election"
BORN = dt.date(1990, 1, 1)
NAMES = ("ada", "ben", "cleo")
CHAIR = (
    ("Ada Lindqvist", "Open Rooms", "#1f6f8b", "Longer opening hours, and a key for everybody."),
    ("Ben Okafor", "Green Yard", "#3d7a3a", "Trees, benches and a place to repair bicycles."),
    ("Cleo Marin", "", "#8a4b1f", "First the roof, then everything else."),
)
SPENDING = ("Repair the roof", "A workshop", "A playground", "A library", "Solar panels")


@dataclass(frozen=True, slots=True)
class NewVoter:
    """What a voter needs to sign in and vote. It is shown once."""

    username: str
    password: str
    voter_number: str


@transaction.atomic
def create(official: User, now: dt.datetime) -> list[NewVoter]:
    """Create and open the election. Returns its voters, or an empty list if it exists already."""
    if Election.objects.filter(slug=SLUG).exists():
        return []
    election = Election.objects.create(
        slug=SLUG,
        title="Board election",
        description="A demonstration: nothing here is a real election.",
        face_policy=FacePolicy.CAST,
    )
    add_contests(election)
    voters = [_add_voter(election, name, number) for number, name in enumerate(NAMES, start=1001)]
    freezing.freeze(election, actor=official, now=now)
    life_cycle.open_election(election, actor=official, now=now)
    return voters


def add_contests(election: Election) -> None:
    """Add one contest with one winner and one with several."""
    chair = Contest.objects.create(election=election, title="Chair", order=1)
    for place, (name, party, colour, statement) in enumerate(CHAIR):
        Choice.objects.create(
            contest=chair, name=name, party=party, colour=colour, statement=statement, order=place
        )
    spending = Contest.objects.create(
        election=election,
        title="What should we spend on?",
        kind=ContestKind.SEVERAL,
        min_selections=1,
        max_selections=3,
        order=2,
    )
    for place, name in enumerate(SPENDING):
        Choice.objects.create(contest=spending, name=name, order=place)


def _add_voter(election: Election, name: str, number: int) -> NewVoter:
    password = secrets.token_urlsafe(9)
    user, created = get_user_model().objects.get_or_create(username=name)
    if created:
        user.set_password(password)
        user.save()
    VoterRollEntry.objects.create(
        election=election,
        user=user,
        name=name.title(),
        voter_number=str(number),
        date_of_birth=BORN,
    )
    return NewVoter(name, password if created else "(unchanged)", str(number))
