"""The election key that comes out of the ceremony, and its check before an election opens.

docs/cryptography.md, sections 3, 5 and 6. Source of the scheme: registration.py.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voting.crypto import group, text
from voting.crypto.group import ORDER
from voting.crypto.proofs import Proof
from voting.crypto.trustees.confirmation import Confirmation, check_confirmation, confirm
from voting.crypto.trustees.registration import (
    Registration,
    Transcript,
    registration_from_public_part,
)
from voting.crypto.trustees.secret import TrusteeSecret, register
from voting.crypto.trustees.terms import (
    MAX_TRUSTEES,
    Ceremony,
    TrusteeRefusalCode,
    TrusteeRefused,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class KeySetupMode(enum.StrEnum):
    """Who holds the secret key: the server alone, or the trustees."""

    SERVER = "server"
    TRUSTEES = "trustees"


@dataclass(frozen=True, slots=True)
class TrusteeKey:
    """What the manifest says of one trustee: its name, its registration and its confirmation.

    Raises TextInvalid unless the name is a plain text of at most MAX_NAME characters.
    """

    name: str
    registration: Registration
    confirmation: Proof

    def __post_init__(self) -> None:
        text.require_plain(self.name, text.MAX_NAME)

    def to_dict(self) -> dict[str, Any]:
        """The trustee's entry of the manifest."""
        return {
            "confirmation": self.confirmation.to_list(),
            "name": self.name,
            **self.registration.public_part(),
        }


@dataclass(frozen=True, slots=True)
class KeySetup:
    """The election's public key, a point, and the trustees whose key parts it is the sum of.

    Any `threshold` trustees can decrypt. Raises TrusteeRefused (FORM) if the numbers do not fit
    each other, for more than MAX_TRUSTEES trustees, for two trustees of one name, and if the key is
    not the sum of the first commitments or is the identity. The proofs are checked by `check_key`.
    """

    mode: KeySetupMode
    threshold: int
    public_key: bytes
    trustees: tuple[TrusteeKey, ...]

    def __post_init__(self) -> None:
        count = len(self.trustees)
        lists = [trustee.registration.commitments for trustee in self.trustees]
        fits = (
            1 <= count <= MAX_TRUSTEES
            and type(self.threshold) is int
            and 1 <= self.threshold <= count
            and all(len(points) == self.threshold for points in lists)
            and len({trustee.name for trustee in self.trustees}) == count
            and (self.mode is KeySetupMode.TRUSTEES or count == 1)
        )
        if not fits or self.public_key != group.total(points[0] for points in lists):
            raise TrusteeRefused(TrusteeRefusalCode.FORM)
        if self.public_key == group.IDENTITY:
            raise TrusteeRefused(TrusteeRefusalCode.FORM)

    def transcript(self, election: str) -> Transcript:
        """The transcript of the ceremony that made this key. Raises TrusteeRefused."""
        ceremony = Ceremony(election, self.threshold, len(self.trustees))
        return Transcript(ceremony, tuple(trustee.registration for trustee in self.trustees))

    def to_dict(self) -> dict[str, Any]:
        """The manifest's `key`."""
        return {
            "mode": str(self.mode),
            "public_key": self.public_key.hex(),
            "threshold": self.threshold,
            "trustees": [trustee.to_dict() for trustee in self.trustees],
        }

    @staticmethod
    def from_dict(value: Any) -> KeySetup:
        """The key that `to_dict` wrote.

        Raises KeyError, TypeError or ValueError for a wrong form; keys too many are not noticed.
        """
        return KeySetup(
            mode=KeySetupMode(value["mode"]),
            threshold=value["threshold"],
            public_key=group.point_from_hex(value["public_key"]),
            trustees=tuple(
                TrusteeKey(
                    name=item["name"],
                    registration=registration_from_public_part(item, index),
                    confirmation=Proof.from_list(item["confirmation"]),
                )
                for index, item in enumerate(value["trustees"], start=1)
            ),
        )


def assemble(
    transcript: Transcript,
    names: Sequence[str],
    confirmations: Sequence[Confirmation],
    mode: KeySetupMode = KeySetupMode.TRUSTEES,
) -> KeySetup:
    """The manifest's key, once every trustee has registered and confirmed.

    Both lists are ordered by the trustees' numbers. Raises TrusteeRefused with INCOMPLETE if a
    confirmation is missing, with PROOF if one does not hold, and with FORM if these numbers make no
    key; TextInvalid for a name that is no plain text, and ValueError for too few or too many names.
    """
    everybody = list(range(1, transcript.ceremony.trustees + 1))
    if [item.index for item in confirmations] != everybody:
        raise TrusteeRefused(TrusteeRefusalCode.INCOMPLETE)
    triples = zip(names, transcript.registrations, confirmations, strict=True)
    keys = tuple(TrusteeKey(name, item, confirmed.proof) for name, item, confirmed in triples)
    public_key = group.total(item.commitments[0] for item in transcript.registrations)
    setup = KeySetup(mode, transcript.ceremony.threshold, public_key, keys)
    check_key(transcript.ceremony.election, setup)
    return setup


def check_key(election: str, setup: KeySetup) -> Transcript:
    """The check before an election opens: every proof of every registration, every confirmation.

    Returns the transcript. Raises TrusteeRefused with PROOF, which names the trustee, if one does
    not hold, with REPEATED if two trustees share a key, and with FORM for an impossible election.
    """
    transcript = setup.transcript(election)
    for index, trustee in enumerate(setup.trustees, start=1):
        check_confirmation(Confirmation(index, trustee.confirmation), transcript)
    return transcript


def server_key(secret: TrusteeSecret, name: str) -> tuple[KeySetup, int]:
    """The key of an election without trustees, and its secret scalar.

    The server is the one trustee of one, so that no other code knows this case.
    """
    transcript = Transcript(secret.ceremony, (register(secret),))
    share = secret.polynomial[0]
    confirmed = confirm(secret, transcript, share)
    return assemble(transcript, (name,), (confirmed,), KeySetupMode.SERVER), share


def lagrange(index: int, indexes: Iterable[int]) -> int:
    """The Lagrange coefficient at 0, modulo ORDER, of trustee `index` among the trustees `indexes`.

    The shares, each times its coefficient, add up to the secret (A. Shamir, "How to Share a
    Secret", 1979). `indexes` are different numbers from 1.
    """
    numerator, denominator = 1, 1
    for other in indexes:
        if other != index:
            numerator = numerator * other % ORDER
            denominator = denominator * (other - index) % ORDER
    return numerator * pow(denominator, -1, ORDER) % ORDER
