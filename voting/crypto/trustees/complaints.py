"""A complaint lets everybody open one signed share and see who is at fault.

docs/cryptography.md, section 5, step 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from voting.crypto import canonical, group, proofs
from voting.crypto.group import u64
from voting.crypto.proofs import Proof, Statement
from voting.crypto.trustees.secret import require_own
from voting.crypto.trustees.shares import SealedShare, is_signed, share_from_dict, unseal
from voting.crypto.trustees.terms import TrusteeRefusalCode, TrusteeRefused

if TYPE_CHECKING:
    from voting.crypto.trustees.registration import Transcript
    from voting.crypto.trustees.secret import TrusteeSecret

FORMAT: Final = "facevote-complaint-2"


@dataclass(frozen=True, slots=True)
class Complaint:
    """The receiver of `share` lets everybody open it.

    `shared` is the point S = e_j R, the Diffie-Hellman value from which the mask follows. `proof`
    shows that the receiver's transport key was used for it.
    """

    share: SealedShare
    shared: bytes
    proof: Proof

    def to_dict(self, transcript: Transcript) -> dict[str, Any]:
        """The message "facevote-complaint-2", ready for canonical JSON."""
        return {
            "election": transcript.ceremony.election,
            "format": FORMAT,
            "proof": self.proof.to_list(),
            "share": self.share.to_dict(transcript),
            "shared": self.shared.hex(),
            "transcript": transcript.hash.hex(),
        }


def complain(secret: TrusteeSecret, transcript: Transcript, share: SealedShare) -> Complaint:
    """Step 4, if a share is wrong that its sender has signed.

    Raises TrusteeRefused with OWN if the transcript is not this trustee's, and with SIGNATURE if
    the share is not signed: opening what somebody else wrote could open the true share too.
    """
    require_own(secret, transcript)
    if share.receiver != secret.index or not is_signed(share, transcript):
        raise TrusteeRefused(TrusteeRefusalCode.SIGNATURE, share.sender)
    shared = group.multiply(secret.transport, share.nonce)
    proof = proofs.prove_equality(
        secret.transport, share.nonce, _statement(transcript, share, shared)
    )
    return Complaint(share, shared, proof)


def read_complaint(value: Any, transcript: Transcript) -> Complaint:
    """The complaint from decoded JSON. Whether it is just is for `judge` to say.

    Raises TrusteeRefused with TRANSCRIPT for a complaint about other registrations, and with FORM
    for any other form or an unknown trustee.
    """
    try:
        sent = value["share"]
        ends = (sent["from"], sent["to"])
        if not all(canonical.is_integer(end, 1, transcript.ceremony.trustees) for end in ends):
            raise TrusteeRefused(TrusteeRefusalCode.FORM)
        complaint = Complaint(
            share=share_from_dict(sent, transcript, *ends),
            shared=group.point_from_hex(value["shared"]),
            proof=Proof.from_list(value["proof"]),
        )
        same = canonical.same(complaint.to_dict(transcript), value)
    except TrusteeRefused:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise TrusteeRefused(TrusteeRefusalCode.FORM) from error
    if not same:
        raise TrusteeRefused(TrusteeRefusalCode.FORM)
    return complaint


def judge(complaint: Complaint, transcript: Transcript) -> int:
    """The number of the trustee at fault: the sender of a bad share, else the one who complained.

    The one who complained is at fault if the sender has not signed the share, if the complaint's
    proof does not hold, or if the share is right.
    """
    share = complaint.share
    holds = is_signed(share, transcript) and proofs.holds_equality(
        complaint.proof,
        public=transcript.of(share.receiver).transport_key,
        second_base=share.nonce,
        second=complaint.shared,
        statement=_statement(transcript, share, complaint.shared),
    )
    if not holds:
        return share.receiver
    try:
        unseal(transcript, share, complaint.shared)
    except TrusteeRefused:
        return share.sender
    return share.receiver


def _statement(transcript: Transcript, share: SealedShare, shared: bytes) -> Statement:
    parts = (
        transcript.hash,
        u64(share.sender),
        u64(share.receiver),
        share.nonce,
        group.scalar_to_bytes(share.sealed),
        transcript.of(share.receiver).transport_key,
        shared,
    )
    return Statement("facevote-2/complaint", parts)
