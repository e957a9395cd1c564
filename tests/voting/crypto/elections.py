"""A small election's manifest and roll, and the vectors that both halves check."""

from __future__ import annotations

import json
from typing import Any

from tests.support.places import BASE
from voting.crypto.board import heads
from voting.crypto.contests import Choice, Contest
from voting.crypto.manifest import Manifest
from voting.crypto.policies import VoterDisplay
from voting.crypto.roll import RollEntry, roll_hash
from voting.crypto.trustees.key import server_key
from voting.crypto.trustees.secret import TrusteeSecret
from voting.crypto.trustees.terms import Ceremony

VECTORS = BASE / "tests" / "vectors"
ROLL = (RollEntry("voter-1", "One"), RollEntry("voter-2", "Two"))
CLOSE = "c1" * 32


def english(text: str) -> dict[str, str]:
    return {"en": text}


def contest(
    size: int,
    low: int,
    high: int,
    *,
    blank: bool,
    name: str = "contest",
    groups: tuple[str, ...] = (),
) -> Contest:
    choices = tuple(Choice(f"c{number}", english(f"Choice {number}")) for number in range(size))
    return Contest(name, english("A contest"), choices, low, high, blank, groups=groups)


def server_secret(election: str = "test-election") -> TrusteeSecret:
    return TrusteeSecret(Ceremony(election, 1, 1), 1, bytes(16), bytes(32))


def make_manifest(*contests: Contest, election: str = "test-election", least: int = 1) -> Manifest:
    key, _secret = server_key(server_secret(election), "Server")
    return Manifest(
        id=election,
        languages=("en",),
        title=english("A test election"),
        contests=contests or (contest(3, 1, 2, blank=True),),
        key=key,
        board_key=heads.BoardKey.from_secret(7).public,
        roll=roll_hash(ROLL),
        revote=True,
        voters=VoterDisplay.ALIAS,
        least=least,
    )


def vectors(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((VECTORS / name).read_text(encoding="utf-8"))
    return loaded
