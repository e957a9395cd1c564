from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from tests.support.polls import BROWSER, Poll, draft_election, give_grant
from verifier.registering.codes_file import CodesFile, draw_codes, renewed
from verifier.registering.messages import change_message, points_message
from verifier.registering.roll_file import read_people
from verifier.rules.group import challenge
from verifier.rules.strict import dump
from voting.ballots import casting, presence
from voting.crypto.encryption import encrypt_ballot
from voting.elections import freezing, life_cycle
from voting.elections.credentials import public_row_of
from voting.models import Election, Registrar
from voting.registrars.points import take_points
from voting.registrars.voters_file import voters_file

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Registered:
    """An election, and what its registrars keep away from the server."""

    poll: Poll
    folder: Path
    codes: list[CodesFile] = field(default_factory=list)

    @property
    def election(self) -> Election:
        return self.poll.election

    def registrar(self, index: int = 1) -> Registrar:
        return Registrar.objects.get(election=self.election, index=index)

    def draw(self, index: int = 1) -> bytes:
        """What the registrar's program makes of the voters' file: the file of points."""
        file = self.folder / f"voters-{index}.csv"
        file.write_bytes(voters_file(self.election)[0])
        self.codes[index - 1 :] = [draw_codes(self.election.slug, index, read_people(file))]
        return dump(points_message(self.codes[index - 1])) + b"\n"

    def take(self, index: int = 1) -> None:
        take_points(self.registrar(index), self.draw(index), actor=self.poll.official)

    def open(self) -> Registered:
        now = timezone.now()
        freezing.freeze(self.election, actor=self.poll.official, now=now)
        life_cycle.open_election(self.election, actor=self.poll.official, now=now)
        return self

    def secrets(self, number: str) -> list[int]:
        """What follows from the codes of a voter."""
        made = []
        for codes in self.codes:
            (voter,) = (voter for voter in codes.voters if voter.number == number)
            code = bytes.fromhex(voter.codes[-1])
            parts = (codes.election, codes.index, code)
            made.append(challenge("facevote-2/credential", *parts))
        return made

    def cast(self, number: int = 0, secrets: list[int] | None = None) -> None:
        entry = self.election.roll.get(user=self.poll.users[number], removed_by__isnull=True)
        manifest = freezing.read_manifest(self.election)
        own = self.secrets(entry.voter_number) if secrets is None else secrets
        row = public_row_of(self.election, entry)
        made = encrypt_ballot(manifest, row, {"contest-1": ["choice-1"]}, secrets=own)
        give_grant(self.poll.users[number], made.ballot.tracker)
        voter = presence.Voter(self.poll.users[number], entry, BROWSER)
        casting.cast_ballot(self.election, voter, made.ballot.to_json(), now=timezone.now())

    def change(self, numbers: list[str], index: int = 1) -> Any:
        """The registrar's file for a change in which these voters get new codes."""
        codes = self.codes[index - 1]
        again = [renewed(voter) if voter.number in numbers else voter for voter in codes.voters]
        after = CodesFile(codes.election, codes.index, codes.secret, again)
        self.codes[index - 1] = after
        added = [voter for voter in again if voter.number in numbers]
        roll = self.election.roll.filter(voter_number__in=numbers, removed_by__isnull=True)
        removed = sorted(roll.values_list("credential", flat=True))
        return change_message(after, self.election.fingerprint, added, removed)


@pytest.fixture
def one(db: None, tmp_path: Path) -> Registered:
    """A draft with one registrar, whose file has not come yet."""
    poll = draft_election(voters=3)
    Registrar.objects.create(election=poll.election, index=1, name="Registrar")
    return Registered(poll, tmp_path)


@pytest.fixture
def two(one: Registered) -> Registered:
    """A draft with two registrars."""
    Registrar.objects.create(election=one.election, index=2, name="Second")
    return one
