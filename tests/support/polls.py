"""Small elections with their people, as drafts or open for voting."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group
from django.utils import timezone

from accounts import roles
from accounts.models import User
from biometrics.models import Purpose, SessionState, VerificationGrant, VerificationSession
from biometrics.verification import grants
from voting.ballots import casting, presence
from voting.crypto.encryption import encrypt_ballot
from voting.elections import freezing, life_cycle
from voting.elections.credentials import public_row_of
from voting.models import Choice, Contest, Election, VoterRollEntry

if TYPE_CHECKING:
    from voting.crypto.encryption import EncryptedBallot

BROWSER = "b" * 64
BORN = dt.date(1980, 5, 17)


@dataclass
class Poll:
    """An election with one contest of three choices, its voters and the official who runs it.

    Voters are named by their place in `users`.
    """

    election: Election
    official: User
    users: list[User]

    def entry(self, number: int = 0) -> VoterRollEntry:
        return self.election.roll.get(user=self.users[number])

    def voter(self, number: int = 0) -> presence.Voter:
        return presence.Voter(self.users[number], self.entry(number), BROWSER)

    def encrypt(self, number: int = 0, chosen: str = "choice-1") -> EncryptedBallot:
        manifest = freezing.read_manifest(self.election)
        row = public_row_of(self.election, self.entry(number))
        return encrypt_ballot(manifest, row, {"contest-1": [chosen]})

    def present(self, tracker: str, number: int = 0, browser: str = BROWSER) -> None:
        """The voter passes the face step for the ballot with this tracker."""
        give_grant(self.users[number], tracker, browser)

    def cast(self, number: int = 0, chosen: str = "choice-1") -> str:
        """The voter passes the face step and casts a ballot. Returns its tracker."""
        encrypted = self.encrypt(number, chosen)
        self.present(encrypted.opening.tracker, number)
        data = encrypted.ballot.to_json()
        casting.cast_ballot(self.election, self.voter(number), data, now=timezone.now())
        return encrypted.ballot.tracker


def give_grant(user: User, tracker: str, browser: str = BROWSER) -> VerificationGrant:
    """The grant of a face step that was passed just now for the ballot with this tracker."""
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


def draft_election(slug: str = "e", voters: int = 2, **fields: Any) -> Poll:
    """A draft with so many voters on its roll; `fields` are columns of the election."""
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
    return Poll(election, officer(f"{slug}-official"), users)


def club(slug: str = "club", voters: int = 3, **fields: Any) -> Poll:
    """A draft whose voters have an address and no password."""
    poll = draft_election(slug=slug, voters=voters, **fields)
    for number, user in enumerate(poll.users):
        user.email = f"{slug}-{number}@example.org"
        user.set_unusable_password()
        user.save()
    return poll


def officer(name: str) -> User:
    """An official who runs elections."""
    user = User.objects.create_user(name, is_staff=True)
    user.groups.set(Group.objects.filter(name=roles.ELECTION_OFFICER))
    return user


def open_poll(**fields: Any) -> Poll:
    """As `draft_election`, then frozen and opened."""
    poll = draft_election(**fields)
    now = timezone.now()
    freezing.freeze(poll.election, actor=poll.official, now=now)
    life_cycle.open_election(poll.election, actor=poll.official, now=now)
    return poll
