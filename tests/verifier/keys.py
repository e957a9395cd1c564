"""Keys of a test election: the trustees' ceremony, registrars and witnesses, held by one hand."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from verifier.rules.group import (
    ORDER,
    base,
    challenge,
    multiply,
    random_scalar,
    total,
    write_scalar,
)
from verifier.rules.proofs import sign
from verifier.rules.strict import sha

ELECTION = "test-election"


@dataclass
class HeldTrustee:
    """A trustee of the tests, with all its secrets."""

    index: int
    threshold: int
    trustees: int
    seed: bytes
    round: bytes
    election: str = ELECTION

    @property
    def parts(self) -> list[Any]:
        return [self.election, self.threshold, self.trustees, self.index, self.round]

    def coefficient(self, degree: int) -> int:
        return challenge("facevote-2/coefficient", self.seed, *self.parts, degree)

    @property
    def transport(self) -> int:
        return challenge("facevote-2/transport", self.seed, *self.parts)

    def share_for(self, other: int) -> int:
        value = 0
        for degree in range(self.threshold):
            value += self.coefficient(degree) * int(other**degree)
        return value % ORDER

    def registration(self) -> dict[str, Any]:
        points = [base(self.coefficient(t)) for t in range(self.threshold)]
        registered = [*self.parts, *points, base(self.transport)]
        return {
            "commitments": [point.hex() for point in points],
            "election": self.election,
            "format": "facevote-trustee-2",
            "index": self.index,
            "proof": sign(self.coefficient(0), "facevote-2/possession", *registered),
            "round": self.round.hex(),
            "threshold": self.threshold,
            "transport_key": base(self.transport).hex(),
            "transport_proof": sign(self.transport, "facevote-2/transport-possession", *registered),
            "trustees": self.trustees,
        }

    def sealed_for(self, other: HeldTrustee, transcript: bytes) -> dict[str, Any]:
        """The share message for another trustee."""
        randomness = random_scalar()
        nonce, shared = base(randomness), multiply(randomness, base(other.transport))
        common = (transcript, self.index, other.index, nonce)
        pad = challenge("facevote-2/share", *common, base(other.transport), shared)
        sealed = write_scalar(self.share_for(other.index) + pad)
        signed = (*common, bytes.fromhex(sealed))
        return {
            "election": self.election,
            "format": "facevote-share-2",
            "from": self.index,
            "nonce": nonce.hex(),
            "sealed": sealed,
            "signature": sign(self.coefficient(0), "facevote-2/share-signature", *signed),
            "to": other.index,
            "transcript": transcript.hex(),
        }


@dataclass
class HeldKey:
    """The election's key, with everybody's share of it."""

    trustees: list[HeldTrustee]
    shares: list[int]
    transcript: bytes
    value: dict[str, Any]  # as the manifest has it

    def sealed_shares(self, index: int) -> list[dict[str, Any]]:
        """What trustee number `index` got from everybody."""
        receiver = self.trustees[index - 1]
        return [sender.sealed_for(receiver, self.transcript) for sender in self.trustees]

    def key_file(self, index: int) -> dict[str, Any]:
        """The key file of a trustee after the shares were sent."""
        held = self.trustees[index - 1]
        return {
            "decrypted": None,
            "election": held.election,
            "fingerprint": None,
            "format": "facevote-trustee-key-2",
            "index": index,
            "round": held.round.hex(),
            "seed": held.seed.hex(),
            "shares": None,
            "threshold": held.threshold,
            "transcript": self.transcript.hex(),
            "trustees": held.trustees,
        }


def hold_ceremony(threshold: int, count: int, mode: str = "trustees") -> HeldKey:
    """The key of `count` honest trustees, any `threshold` of whom decrypt."""
    held = [
        HeldTrustee(i, threshold, count, secrets.token_bytes(32), secrets.token_bytes(16))
        for i in range(1, count + 1)
    ]
    registrations = [trustee.registration() for trustee in held]
    transcript = sha({"format": "facevote-transcript-2", "registrations": registrations})
    shares = [sum(sender.share_for(j) for sender in held) % ORDER for j in range(1, count + 1)]
    names = ("commitments", "proof", "round", "transport_key", "transport_proof")
    listed = [
        {name: row[name] for name in names}
        | {
            "name": f"Trustee {trustee.index}",
            "confirmation": sign(share, "facevote-2/confirmation", *trustee.parts, transcript),
        }
        for trustee, share, row in zip(held, shares, registrations, strict=True)
    ]
    public = total(bytes.fromhex(row["commitments"][0]) for row in registrations)
    value = {
        "mode": mode,
        "public_key": public.hex(),
        "threshold": threshold,
        "trustees": listed,
    }
    return HeldKey(held, shares, transcript, value)
