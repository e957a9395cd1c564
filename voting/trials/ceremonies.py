"""Key ceremonies of honest trustees, held in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voting.crypto.trustees.confirmation import confirm
from voting.crypto.trustees.key import KeySetup, KeySetupMode, assemble
from voting.crypto.trustees.key_file import KeyFile
from voting.crypto.trustees.registration import Transcript
from voting.crypto.trustees.secret import new_secret, register
from voting.crypto.trustees.shares import key_share, make_shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voting.crypto.trustees.secret import TrusteeSecret
    from voting.crypto.trustees.shares import SealedShare
    from voting.crypto.trustees.terms import Ceremony


@dataclass(frozen=True)
class KeyCeremony:
    """The election's key, and what each trustee has in the end, from trustee 1 on.

    `sent` are all sealed shares, a row for each sender; `shares` the trustees' shares of the key.
    """

    setup: KeySetup
    transcript: Transcript
    secrets: tuple[TrusteeSecret, ...]
    sent: tuple[tuple[SealedShare, ...], ...]
    shares: tuple[int, ...]

    def key_file(self, index: int, fingerprint: str) -> KeyFile:
        """The key file of trustee `index` after the key check of this election."""
        received = [row[index - 1].to_dict(self.transcript) for row in self.sent]
        saved = KeyFile(self.secrets[index - 1]).sharing(self.transcript)
        return saved.endorsing(fingerprint, received)


def hold_ceremony(
    ceremony: Ceremony,
    mode: KeySetupMode = KeySetupMode.TRUSTEES,
    secrets: Sequence[TrusteeSecret] = (),
) -> KeyCeremony:
    """Generate a key with honest trustees, who draw new secrets unless these are given."""
    kept = tuple(secrets) or tuple(
        new_secret(ceremony, index) for index in range(1, ceremony.trustees + 1)
    )
    transcript = Transcript(ceremony, tuple(register(secret) for secret in kept))
    sent = tuple(make_shares(secret, transcript) for secret in kept)
    shares = tuple(
        key_share(secret, transcript, [row[secret.index - 1] for row in sent]) for secret in kept
    )
    confirmations = [
        confirm(secret, transcript, share) for secret, share in zip(kept, shares, strict=True)
    ]
    names = [f"Trustee {secret.index}" for secret in kept]
    setup = assemble(transcript, names, confirmations, mode)
    return KeyCeremony(setup, transcript, kept, sent, shares)
