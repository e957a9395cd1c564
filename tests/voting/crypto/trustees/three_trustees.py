"""Three trustees, any two of whom can decrypt, and the shares they send each other."""

from __future__ import annotations

from voting.crypto.trustees.ceremony import make_shares, register
from voting.crypto.trustees.messages import Ceremony, SealedShare

CEREMONY = Ceremony("test-election", 2, 3)
SEEDS = tuple(bytes([index]) * 32 for index in (1, 2, 3))
REGISTRATIONS = tuple(register(SEEDS[i - 1], CEREMONY, i) for i in (1, 2, 3))


def received(index: int) -> list[SealedShare]:
    return [make_shares(SEEDS[i - 1], CEREMONY, i, REGISTRATIONS)[index - 1] for i in (1, 2, 3)]
