"""What a trustee signs with its share of the key: first the ceremony, then the frozen election.

docs/cryptography.md, section 5, step 4 and "Key check and endorsement".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from voting.crypto import canonical, proofs
from voting.crypto.group import u64
from voting.crypto.proofs import Proof, Statement
from voting.crypto.trustees.secret import require_own
from voting.crypto.trustees.terms import TrusteeRefusalCode, TrusteeRefused

if TYPE_CHECKING:
    from voting.crypto.trustees.registration import Transcript
    from voting.crypto.trustees.secret import TrusteeSecret

FORMAT: Final = "facevote-confirmation-2"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A proof that trustee `index` knows its share of the key of this transcript."""

    index: int
    proof: Proof

    def to_dict(self, transcript: Transcript) -> dict[str, Any]:
        """The message "facevote-confirmation-2", ready for canonical JSON."""
        return {
            "election": transcript.ceremony.election,
            "format": FORMAT,
            "index": self.index,
            "proof": self.proof.to_list(),
            "transcript": transcript.hash.hex(),
        }


def confirm(secret: TrusteeSecret, transcript: Transcript, share: int) -> Confirmation:
    """Step 4, if all is well. `share` is the trustee's share x_j of the key.

    Raises TrusteeRefused (OWN) if the transcript is not this trustee's.
    """
    require_own(secret, transcript)
    statement = confirmation_statement(transcript, secret.index)
    return Confirmation(secret.index, proofs.prove_possession(share, statement))


def read_confirmation(value: Any, transcript: Transcript, index: int) -> Confirmation:
    """The confirmation of trustee `index` from decoded JSON, with its proof checked.

    Raises TrusteeRefused with TRANSCRIPT for one of other registrations, with FORM for any other
    form, and with PROOF if the proof does not hold.
    """
    try:
        confirmation = Confirmation(index, Proof.from_list(value["proof"]))
        written = confirmation.to_dict(transcript)
        if value["transcript"] != written["transcript"]:
            raise TrusteeRefused(TrusteeRefusalCode.TRANSCRIPT, index)
        same = canonical.same(written, value)
    except TrusteeRefused:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise TrusteeRefused(TrusteeRefusalCode.FORM, index) from error
    if not same:
        raise TrusteeRefused(TrusteeRefusalCode.FORM, index)
    check_confirmation(confirmation, transcript)
    return confirmation


def check_confirmation(confirmation: Confirmation, transcript: Transcript) -> None:
    """Raises TrusteeRefused (PROOF) unless the confirmation holds for this transcript."""
    index = confirmation.index
    key = transcript.verification_keys[index - 1]
    statement = confirmation_statement(transcript, index)
    if not proofs.holds_possession(confirmation.proof, key, statement):
        raise TrusteeRefused(TrusteeRefusalCode.PROOF, index)


def confirmation_statement(transcript: Transcript, index: int) -> Statement:
    """What the confirmation of trustee `index` covers; ends with its verification key."""
    registration = transcript.of(index)
    parts = transcript.ceremony.parts(index, registration.round)
    key = transcript.verification_keys[index - 1]
    return Statement("facevote-2/confirmation", (*parts, transcript.hash, key))


def endorse(share: int, fingerprint: str, index: int, verification_key: bytes) -> Proof:
    """The signature of trustee `index` under a frozen election, with its share of the key."""
    statement = _endorsement_statement(fingerprint, index, verification_key)
    return proofs.prove_possession(share, statement)


def holds_endorsement(
    signature: Proof, fingerprint: str, index: int, verification_key: bytes
) -> bool:
    """Whether trustee `index` has signed the election with this fingerprint."""
    statement = _endorsement_statement(fingerprint, index, verification_key)
    return proofs.holds_possession(signature, verification_key, statement)


def _endorsement_statement(fingerprint: str, index: int, verification_key: bytes) -> Statement:
    parts = (bytes.fromhex(fingerprint), u64(index), verification_key)
    return Statement("facevote-2/endorsement", parts)
