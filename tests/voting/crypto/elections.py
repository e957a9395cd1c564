"""A small election's manifest and roll, and the vectors that both halves check."""

from __future__ import annotations

import json
from typing import Any

from tests.support.places import BASE
from voting.crypto import chain
from voting.crypto.manifest import Choice, Contest, Manifest, VoterDisplay
from voting.crypto.roll import RollEntry, roll_hash
from voting.crypto.trustees.key import server_key

VECTORS = BASE / "tests" / "vectors"
ROLL = (RollEntry("voter-1", "One"), RollEntry("voter-2", "Two"))


def contest(size: int, low: int, high: int, *, blank: bool, name: str = "contest") -> Contest:
    choices = tuple(Choice(f"c{number}", f"Choice {number}") for number in range(size))
    return Contest(name, "A contest", choices, low, high, blank)


def make_manifest(*contests: Contest, election: str = "test-election") -> Manifest:
    key, _secret = server_key(bytes(32), election, "Server")
    return Manifest(
        id=election,
        title="A test election",
        contests=contests or (contest(3, 1, 2, blank=True),),
        key=key,
        board_key=chain.BoardKey.from_secret(7).public,
        roll=roll_hash(ROLL),
        revote=True,
        voters=VoterDisplay.ALIAS,
    )


def vectors(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((VECTORS / name).read_text(encoding="utf-8"))
    return loaded
