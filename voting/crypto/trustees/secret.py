"""What a trustee keeps to itself: a seed and a round, from which all its secrets follow.

docs/cryptography.md, section 5. A secret is only ever an argument or a return value here, never
part of a message.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from voting.crypto import group, proofs
from voting.crypto.trustees.registration import (
    Registration,
    Transcript,
    possession_statement,
    transport_statement,
)
from voting.crypto.trustees.terms import Ceremony, TrusteeRefusalCode, TrusteeRefused

SEED_BYTES: Final = 32
ROUND_BYTES: Final = 16


@dataclass(frozen=True)
class TrusteeSecret:
    """The seed and the round of trustee `index` in one ceremony.

    Both are drawn anew for each ceremony, so that what somebody holds of one that broke is worth
    nothing in the next. With them a trustee can go on from any device.
    """

    ceremony: Ceremony
    index: int
    round: bytes
    seed: bytes

    @cached_property
    def polynomial(self) -> tuple[int, ...]:
        """The secret coefficients f_{i,t}: `threshold` scalars, the constant term first."""
        return tuple(
            self._derived("facevote-2/coefficient", group.u64(degree))
            for degree in range(self.ceremony.threshold)
        )

    @cached_property
    def transport(self) -> int:
        """The secret scalar e_i behind the transport key."""
        return self._derived("facevote-2/transport")

    def _derived(self, tag: str, *more: bytes) -> int:
        parts = self.ceremony.parts(self.index, self.round)
        return group.hash_to_scalar(tag, self.seed, *parts, *more)


def new_secret(ceremony: Ceremony, index: int) -> TrusteeSecret:
    """A secret from fresh randomness of the operating system."""
    return TrusteeSecret(ceremony, index, new_round(), new_seed())


def new_seed() -> bytes:
    """32 random bytes from the operating system."""
    return secrets.token_bytes(SEED_BYTES)


def new_round() -> bytes:
    """16 random bytes from the operating system."""
    return secrets.token_bytes(ROUND_BYTES)


def register(secret: TrusteeSecret) -> Registration:
    """Step 1: the trustee's registration. The same secret gives the same points again."""
    polynomial, ceremony, index = secret.polynomial, secret.ceremony, secret.index
    commitments = tuple(group.base(coefficient) for coefficient in polynomial)
    key = group.base(secret.transport)
    possession = possession_statement(ceremony, index, secret.round, commitments, key)
    transport = transport_statement(ceremony, index, secret.round, commitments, key)
    return Registration(
        index=index,
        round=secret.round,
        commitments=commitments,
        proof=proofs.prove_possession(polynomial[0], possession),
        transport_key=key,
        transport_proof=proofs.prove_possession(secret.transport, transport),
    )


def makes(secret: TrusteeSecret, registration: Registration) -> bool:
    """Whether seed and round make exactly the points of this registration."""
    return (
        (secret.index, secret.round) == (registration.index, registration.round)
        and group.base(secret.transport) == registration.transport_key
        and tuple(map(group.base, secret.polynomial)) == registration.commitments
    )


def require_own(secret: TrusteeSecret, transcript: Transcript) -> None:
    """The check before every later step: are these the trustee's ceremony and its registration?

    Raises TrusteeRefused (OWN) otherwise. Then the server shows others a key that is not this
    trustee's, or the key file is an old one.
    """
    if secret.ceremony != transcript.ceremony or not makes(secret, transcript.of(secret.index)):
        raise TrusteeRefused(TrusteeRefusalCode.OWN, secret.index)
