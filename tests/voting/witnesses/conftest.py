from __future__ import annotations

import io
from dataclasses import dataclass

import pytest
from django.utils import timezone

from tests.support.polls import Poll, draft_election
from verifier.rules.file import read_election
from verifier.rules.group import base, random_scalar
from verifier.rules.statements import witnessed
from verifier.rules.strict import dump
from voting.board import reading
from voting.elections import freezing, life_cycle
from voting.models import Witness


@dataclass
class Watched:
    """An open election, and the secrets of its two witnesses."""

    poll: Poll
    secrets: list[int]

    def board(self) -> bytes:
        return b"".join(reading.board_file(self.poll.election))

    def statement(self, number: int = 1, *, last: str | None = None) -> bytes:
        """What a witness's program signs of the board as it is now."""
        election = read_election(io.BytesIO(self.board()), in_progress=True, processes=1)
        assert election.manifest
        end = (len(election.hashes), last or election.hashes[-1])
        secret = self.secrets[number - 1]
        made = witnessed(election.manifest, secret, number, end, "2026-11-24T09:00Z")
        return dump(made.published(election.manifest))


def watch_election() -> Watched:
    """An open election with two witnesses, one of whom must sign its close."""
    poll = draft_election(witness_quorum=1)
    secrets = [random_scalar(), random_scalar()]
    for number, secret in enumerate(secrets, start=1):
        Witness.objects.create(
            election=poll.election, name=f"Witness {number}", key=base(secret).hex()
        )
    now = timezone.now()
    freezing.freeze(poll.election, actor=poll.official, now=now)
    life_cycle.open_election(poll.election, actor=poll.official, now=now)
    return Watched(poll, secrets)


@pytest.fixture
def watched(db: None) -> Watched:
    return watch_election()
