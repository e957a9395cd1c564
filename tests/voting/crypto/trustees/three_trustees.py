"""Three trustees, any two of whom can decrypt, and the shares they send each other."""

from __future__ import annotations

from voting.crypto.trustees.registration import Transcript
from voting.crypto.trustees.secret import TrusteeSecret, register
from voting.crypto.trustees.shares import SealedShare, make_shares, seal
from voting.crypto.trustees.terms import Ceremony

CEREMONY = Ceremony("test-election", 2, 3)


def secrets_of(round_: int) -> tuple[TrusteeSecret, ...]:
    """What the three draw for a ceremony; another number gives another ceremony."""
    return tuple(
        TrusteeSecret(CEREMONY, i, bytes([round_, i]) * 8, bytes([i, round_]) * 16)
        for i in (1, 2, 3)
    )


SECRETS = secrets_of(1)
TRANSCRIPT = Transcript(CEREMONY, tuple(register(secret) for secret in SECRETS))
LATER_SECRETS = secrets_of(2)
LATER = Transcript(CEREMONY, tuple(register(secret) for secret in LATER_SECRETS))


def received(index: int) -> list[SealedShare]:
    return [make_shares(secret, TRANSCRIPT)[index - 1] for secret in SECRETS]


def wrong_share(sender: int, receiver: int) -> SealedShare:
    """A share that its sender has signed, but that is not on the polynomial it committed to."""
    secret = SECRETS[sender - 1]
    return seal(secret, TRANSCRIPT, TRANSCRIPT.of(receiver), secret.polynomial[0] + 1)
