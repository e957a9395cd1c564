"""The sealed and signed shares that the trustees send each other through the server.

docs/cryptography.md, section 5, step 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from voting.crypto import canonical, group, proofs
from voting.crypto.group import ORDER, u64
from voting.crypto.proofs import Proof, Statement
from voting.crypto.trustees.secret import require_own
from voting.crypto.trustees.terms import TrusteeRefusalCode, TrusteeRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voting.crypto.trustees.registration import Registration, Transcript
    from voting.crypto.trustees.secret import TrusteeSecret

FORMAT: Final = "facevote-share-2"


@dataclass(frozen=True, slots=True)
class SealedShare:
    """The share that trustee `sender` makes for trustee `receiver`, encrypted to it.

    `nonce` is the point R = r G. `sealed` is the share plus a mask, modulo ORDER; the mask is a
    hash that only sender and receiver can compute. `signature` is the sender's: what does not carry
    it was changed on the way, and says nothing about the sender.
    """

    sender: int
    receiver: int
    nonce: bytes
    sealed: int
    signature: Proof

    def to_dict(self, transcript: Transcript) -> dict[str, Any]:
        """The message "facevote-share-2", ready for canonical JSON."""
        return {
            "election": transcript.ceremony.election,
            "format": FORMAT,
            "from": self.sender,
            "nonce": self.nonce.hex(),
            "sealed": group.scalar_to_hex(self.sealed),
            "signature": self.signature.to_list(),
            "to": self.receiver,
            "transcript": transcript.hash.hex(),
        }


def make_shares(secret: TrusteeSecret, transcript: Transcript) -> tuple[SealedShare, ...]:
    """Step 3: the shares for trustees 1 to n, the sender included, in this order.

    Raises TrusteeRefused (OWN) if the transcript is not the sender's.
    """
    require_own(secret, transcript)
    return tuple(
        seal(secret, transcript, receiver, _evaluate(secret.polynomial, receiver.index))
        for receiver in transcript.registrations
    )


def read_share(value: Any, transcript: Transcript, sender: int, receiver: int) -> SealedShare:
    """The sealed share from decoded JSON, with its signature checked. It is still encrypted.

    Raises TrusteeRefused with TRANSCRIPT for a share of other registrations, with FORM for any
    other form or other trustees, and with SIGNATURE if the sender has not signed it.
    """
    share = share_from_dict(value, transcript, sender, receiver)
    if not is_signed(share, transcript):
        raise TrusteeRefused(TrusteeRefusalCode.SIGNATURE, sender)
    return share


def share_from_dict(value: Any, transcript: Transcript, sender: int, receiver: int) -> SealedShare:
    """`read_share` without the check of the signature."""
    try:
        share = SealedShare(
            sender=sender,
            receiver=receiver,
            nonce=group.point_from_hex(value["nonce"]),
            sealed=group.scalar_from_hex(value["sealed"]),
            signature=Proof.from_list(value["signature"]),
        )
        written = share.to_dict(transcript)
        if value["transcript"] != written["transcript"]:
            raise TrusteeRefused(TrusteeRefusalCode.TRANSCRIPT, sender)
        same = canonical.same(written, value)
    except TrusteeRefused:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise TrusteeRefused(TrusteeRefusalCode.FORM, sender) from error
    if not same:
        raise TrusteeRefused(TrusteeRefusalCode.FORM, sender)
    return share


def is_signed(share: SealedShare, transcript: Transcript) -> bool:
    """Whether the sender has signed this share for this transcript."""
    key = transcript.of(share.sender).commitments[0]
    statement = _signature_statement(
        transcript, share.sender, share.receiver, share.nonce, share.sealed
    )
    return proofs.holds_possession(share.signature, key, statement)


def open_share(secret: TrusteeSecret, transcript: Transcript, share: SealedShare) -> int:
    """The share as a scalar, opened with the receiver's secret.

    Raises TrusteeRefused with SIGNATURE if the sender has not signed it, and with SHARE if what it
    signed does not lie on the polynomial that it committed to.
    """
    if not is_signed(share, transcript):
        raise TrusteeRefused(TrusteeRefusalCode.SIGNATURE, share.sender)
    return unseal(transcript, share, group.multiply(secret.transport, share.nonce))


def unseal(transcript: Transcript, share: SealedShare, shared: bytes) -> int:
    """The share as a scalar, from the Diffie-Hellman value `shared` = S.

    Raises TrusteeRefused (SHARE) if it is not on the sender's polynomial.
    """
    mask = _mask(transcript, share.sender, transcript.of(share.receiver), share.nonce, shared)
    value = (share.sealed - mask) % ORDER
    commitments = transcript.of(share.sender).commitments
    if group.base(value) != group.evaluate(commitments, share.receiver):
        raise TrusteeRefused(TrusteeRefusalCode.SHARE, share.sender)
    return value


def key_share(secret: TrusteeSecret, transcript: Transcript, shares: Sequence[SealedShare]) -> int:
    """The trustee's share x_j of the election key, a scalar, from the shares sent to it.

    Raises TrusteeRefused with OWN if the transcript is not this trustee's, with INCOMPLETE unless
    there is exactly one share from every trustee, with FORM if one is for somebody else, and as
    `open_share` does.
    """
    require_own(secret, transcript)
    everybody = list(range(1, transcript.ceremony.trustees + 1))
    if sorted(share.sender for share in shares) != everybody:
        raise TrusteeRefused(TrusteeRefusalCode.INCOMPLETE)
    if any(share.receiver != secret.index for share in shares):
        raise TrusteeRefused(TrusteeRefusalCode.FORM)
    return sum(open_share(secret, transcript, share) for share in shares) % ORDER


def _evaluate(polynomial: Sequence[int], place: int) -> int:
    value = 0
    for coefficient in reversed(polynomial):
        value = (value * place + coefficient) % ORDER
    return value


def seal(
    secret: TrusteeSecret, transcript: Transcript, receiver: Registration, share: int
) -> SealedShare:
    """Encrypt the scalar `share` to one trustee, and sign it."""
    randomness = group.random_scalar()
    nonce = group.base(randomness)
    shared = group.multiply(randomness, receiver.transport_key)
    sealed = (share + _mask(transcript, secret.index, receiver, nonce, shared)) % ORDER
    statement = _signature_statement(transcript, secret.index, receiver.index, nonce, sealed)
    signature = proofs.prove_possession(secret.polynomial[0], statement)
    return SealedShare(secret.index, receiver.index, nonce, sealed, signature)


def _mask(
    transcript: Transcript, sender: int, receiver: Registration, nonce: bytes, shared: bytes
) -> int:
    return group.hash_to_scalar(
        "facevote-2/share",
        transcript.hash,
        u64(sender),
        u64(receiver.index),
        nonce,
        receiver.transport_key,
        shared,
    )


def _signature_statement(
    transcript: Transcript, sender: int, receiver: int, nonce: bytes, sealed: int
) -> Statement:
    key = transcript.of(sender).commitments[0]
    parts = (transcript.hash, u64(sender), u64(receiver), nonce, group.scalar_to_bytes(sealed), key)
    return Statement("facevote-2/share-signature", parts)
