"""What all trustees know before a ceremony begins, and how a message of it is refused.

docs/cryptography.md, section 5. Trustees are numbered from 1.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from voting.crypto import canonical
from voting.crypto.group import u64

MAX_TRUSTEES: Final = 50


class TrusteeRefusalCode(enum.StrEnum):
    """Why a message or a key of the trustees is refused."""

    FORM = "form"  # not in the one form that the document gives
    PROOF = "proof"  # a proof of possession, a confirmation or an endorsement does not hold
    INCOMPLETE = "incomplete"  # messages of some trustees are missing, or are not in order
    REPEATED = "repeated"  # two trustees have one key, transport key or round
    OWN = "own"  # a trustee's own registration is not what its seed and round make
    TRANSCRIPT = "transcript"  # a message for other registrations than these
    SIGNATURE = "signature"  # a share that its sender has not signed: changed on the way
    SHARE = "share"  # a signed share that is not on the polynomial its sender committed to
    KEY_FILE = "key-file"  # not a key file, or one of another trustee, key or election


class TrusteeRefused(ValueError):
    """A message, or a set of messages, that the ceremony cannot use.

    `code` says why. `trustee` is the number of the trustee whose message it is, or 0. Whose fault
    it is stays open, because the server may have changed the message: only `complaints.judge` says
    who is at fault.
    """

    def __init__(self, code: TrusteeRefusalCode, trustee: int = 0) -> None:
        super().__init__(f"{code} of trustee {trustee}" if trustee else str(code))
        self.code = code
        self.trustee = trustee


@dataclass(frozen=True, slots=True)
class Ceremony:
    """Which key is made: any `threshold` of `trustees` can decrypt for the election `election`.

    Raises TrusteeRefused (FORM) unless 1 <= threshold <= trustees <= MAX_TRUSTEES and the election
    is an identifier.
    """

    election: str
    threshold: int
    trustees: int

    def __post_init__(self) -> None:
        if not (
            canonical.is_integer(self.trustees, 1, MAX_TRUSTEES)
            and canonical.is_integer(self.threshold, 1, self.trustees)
            and canonical.is_identifier(self.election)
        ):
            raise TrusteeRefused(TrusteeRefusalCode.FORM)

    def parts(self, index: int, round_: bytes) -> tuple[bytes | str, ...]:
        """parts(i): the hash inputs that all secrets and proofs of trustee `index` begin with."""
        return (self.election, u64(self.threshold), u64(self.trustees), u64(index), round_)
