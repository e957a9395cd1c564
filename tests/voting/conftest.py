from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
from django.utils import timezone

from accounts.models import User
from biometrics.models import Purpose, SessionState, VerificationSession
from biometrics.verification import grants
from voting.ballots import casting, presence
from voting.crypto.encryption import encrypt_ballot
from voting.elections import freezing, life_cycle
from voting.models import Choice, Contest, Election, VoterRollEntry

BROWSER = "b" * 64
BORN = dt.date(1980, 5, 17)


@dataclass
class Poll:
    """An election with its people, for the tests of one."""

    election: Election
    official: User
    users: list[User]

    def entry(self, number=0):
        return self.election.roll.get(user=self.users[number])

    def voter(self, number=0):
        return presence.Voter(self.users[number], self.entry(number), BROWSER)

    def encrypt(self, number=0, chosen="choice-1"):
        manifest = freezing.read_manifest(self.election)
        return encrypt_ballot(manifest, self.entry(number).credential, {"contest-1": [chosen]})

    def present(self, tracker, number=0, browser=BROWSER):
        give_grant(self.users[number], tracker, browser)

    def cast(self, number=0, chosen="choice-1"):
        made = self.encrypt(number, chosen)
        self.present(made.opening.tracker, number)
        data = made.ballot.to_json()
        return casting.cast_ballot(self.election, self.voter(number), data, now=timezone.now())


def give_grant(user, tracker, browser=BROWSER):
    now = timezone.now()
    session = VerificationSession.objects.create(
        user=user,
        purpose=Purpose.CAST,
        bound_to=tracker,
        ticket_hash=f"{tracker[:40]}{VerificationSession.objects.count():024d}",
        browser_hash=browser,
        state=SessionState.VERIFIED,
        created_at=now,
        ticket_expires_at=now,
    )
    return grants.grant(session, now=now)


def draft_election(slug="e", voters=2, **fields):
    election = Election.objects.create(slug=slug, title="An election", **fields)
    contest = Contest.objects.create(election=election, title="Chair")
    for place, name in enumerate(("Ada", "Ben", "Cleo")):
        Choice.objects.create(contest=contest, name=name, order=place)
    users = [User.objects.create_user(f"{slug}-voter-{n}") for n in range(voters)]
    for number, user in enumerate(users):
        VoterRollEntry.objects.create(
            election=election,
            user=user,
            name=f"Voter {number}",
            voter_number=f"N{number}",
            date_of_birth=BORN,
        )
    official = User.objects.create_user(f"{slug}-official", is_staff=True)
    return Poll(election, official, users)


def open_poll(**fields):
    poll = draft_election(**fields)
    now = timezone.now()
    freezing.freeze(poll.election, actor=poll.official, now=now)
    life_cycle.open_election(poll.election, actor=poll.official, now=now)
    return poll


@pytest.fixture
def draft(db):
    return draft_election()


@pytest.fixture
def poll(db):
    return open_poll()


@pytest.fixture
def now():
    return timezone.now()
