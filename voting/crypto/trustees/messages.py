"""The public messages of the key ceremony: their form, how they are read and what they prove.

docs/cryptography.md, section 5, gives every field and hash input. No message holds a secret.

Scheme: T. Pedersen, "A Threshold Cryptosystem without a Trusted Party" (EUROCRYPT 1991), with the
commitments of P. Feldman, "A Practical Scheme for Non-interactive Verifiable Secret Sharing"
(FOCS 1987).

Words used here: a point is 32 canonical bytes, a scalar an integer modulo ORDER (see group.py).
Trustees are numbered from 1, and a list of registrations is ordered by that number.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voting.crypto import canonical, group, proofs
from voting.crypto.group import u64
from voting.crypto.proofs import Proof, Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class TrusteeRefusalCode(enum.StrEnum):
    """Why a message or a key of the trustees is refused."""

    FORM = "form"  # not in the one form that the document gives
    PROOF = "proof"  # a proof of possession or a confirmation does not hold
    SHARE = "share"  # a share does not lie on the polynomial that its sender committed to
    INCOMPLETE = "incomplete"  # messages of some trustees are missing, or are not in order


class TrusteeRefused(ValueError):
    """A message, or a set of messages, that the ceremony cannot use.

    `code` says why. `trustee` is the number of the trustee at fault, or 0 if the fault is nobody's.
    """

    def __init__(self, code: TrusteeRefusalCode, trustee: int = 0) -> None:
        super().__init__(f"{code} of trustee {trustee}" if trustee else str(code))
        self.code = code
        self.trustee = trustee


@dataclass(frozen=True, slots=True)
class Ceremony:
    """Which key is made: any `threshold` of `trustees` can decrypt for the election `election`.

    Raises TrusteeRefused (FORM) unless 1 <= threshold <= trustees and the election is an
    identifier.
    """

    election: str
    threshold: int
    trustees: int

    def __post_init__(self) -> None:
        if not 1 <= self.threshold <= self.trustees or not canonical.is_identifier(self.election):
            raise TrusteeRefused(TrusteeRefusalCode.FORM)

    def parts(self, index: int) -> tuple[bytes | str, ...]:
        """The hash inputs that every proof of trustee `index` begins with."""
        return (self.election, u64(index), u64(self.threshold), u64(self.trustees))


@dataclass(frozen=True, slots=True)
class Registration:
    """Step 1: trustee `index` publishes its commitments and its transport key.

    `commitments` are `threshold` points, the constant term first. `transport_key` is the point to
    which the other trustees encrypt their shares. The two proofs show that the trustee knows the
    secrets behind the first commitment and behind the transport key.
    """

    index: int
    commitments: tuple[bytes, ...]
    proof: Proof
    transport_key: bytes
    transport_proof: Proof

    def to_dict(self, ceremony: Ceremony) -> dict[str, Any]:
        """The message "facevote-trustee-1", ready for canonical JSON."""
        return {
            "commitments": [point.hex() for point in self.commitments],
            "election": ceremony.election,
            "format": "facevote-trustee-1",
            "index": self.index,
            "proof": self.proof.to_list(),
            "threshold": ceremony.threshold,
            "transport_key": self.transport_key.hex(),
            "transport_proof": self.transport_proof.to_list(),
            "trustees": ceremony.trustees,
        }


@dataclass(frozen=True, slots=True)
class SealedShare:
    """Step 2: the share that trustee `sender` makes for trustee `receiver`, encrypted to it.

    `nonce` is the point R = r G. `sealed` is the share plus a mask, modulo ORDER; the mask is a
    hash that only sender and receiver can compute.
    """

    sender: int
    receiver: int
    nonce: bytes
    sealed: int

    def to_dict(self, ceremony: Ceremony) -> dict[str, Any]:
        """The message "facevote-share-1", ready for canonical JSON."""
        return {
            "election": ceremony.election,
            "format": "facevote-share-1",
            "from": self.sender,
            "nonce": self.nonce.hex(),
            "sealed": group.scalar_to_hex(self.sealed),
            "to": self.receiver,
        }


@dataclass(frozen=True, slots=True)
class Complaint:
    """Step 3, if a share is wrong: `receiver` lets everybody open the one share of `sender`.

    `shared` is the point S = e_j R, the Diffie-Hellman value from which the mask follows. `proof`
    shows that the receiver's transport key was used for it.
    """

    sender: int
    receiver: int
    shared: bytes
    proof: Proof

    def to_dict(self, ceremony: Ceremony) -> dict[str, Any]:
        """The message "facevote-complaint-1", ready for canonical JSON."""
        return {
            "election": ceremony.election,
            "format": "facevote-complaint-1",
            "from": self.sender,
            "proof": self.proof.to_list(),
            "shared": self.shared.hex(),
            "to": self.receiver,
        }


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Step 3, if all is well: a proof that trustee `index` knows its share of the key."""

    index: int
    proof: Proof

    def to_dict(self, ceremony: Ceremony) -> dict[str, Any]:
        """The message "facevote-confirmation-1", ready for canonical JSON."""
        return {
            "election": ceremony.election,
            "format": "facevote-confirmation-1",
            "index": self.index,
            "proof": self.proof.to_list(),
        }


def read_registration(value: Any, ceremony: Ceremony, index: int) -> Registration:
    """The registration of trustee `index` from decoded JSON, with both proofs checked.

    Raises TrusteeRefused with FORM for any other form, and with PROOF if a proof does not hold.
    """
    try:
        registration = Registration(
            index=index,
            commitments=tuple(group.point_from_hex(text) for text in value["commitments"]),
            proof=Proof.from_list(value["proof"]),
            transport_key=group.point_from_hex(value["transport_key"]),
            transport_proof=Proof.from_list(value["transport_proof"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise TrusteeRefused(TrusteeRefusalCode.FORM, index) from error
    if not canonical.same(registration.to_dict(ceremony), value):
        raise TrusteeRefused(TrusteeRefusalCode.FORM, index)
    check_registration(registration, ceremony)
    return registration


def check_registration(registration: Registration, ceremony: Ceremony) -> None:
    """Check the numbers and both proofs of a registration.

    Raises TrusteeRefused with FORM if the index or the number of commitments is wrong, and with
    PROOF if a proof does not hold.
    """
    index, commitments = registration.index, registration.commitments
    if not 1 <= index <= ceremony.trustees or len(commitments) != ceremony.threshold:
        raise TrusteeRefused(TrusteeRefusalCode.FORM, index)
    statement = possession_statement(ceremony, index, commitments)
    if not proofs.holds_possession(registration.proof, commitments[0], statement):
        raise TrusteeRefused(TrusteeRefusalCode.PROOF, index)
    key = registration.transport_key
    statement = transport_statement(ceremony, index, commitments, key)
    if not proofs.holds_possession(registration.transport_proof, key, statement):
        raise TrusteeRefused(TrusteeRefusalCode.PROOF, index)


def read_share(value: Any, ceremony: Ceremony, sender: int, receiver: int) -> SealedShare:
    """The sealed share from decoded JSON. Only its form is checked: it is still encrypted.

    Raises TrusteeRefused (FORM) for any other form, or if it names other trustees.
    """
    try:
        share = SealedShare(
            sender=sender,
            receiver=receiver,
            nonce=group.point_from_hex(value["nonce"]),
            sealed=group.scalar_from_hex(value["sealed"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise TrusteeRefused(TrusteeRefusalCode.FORM, sender) from error
    if not canonical.same(share.to_dict(ceremony), value):
        raise TrusteeRefused(TrusteeRefusalCode.FORM, sender)
    return share


def read_confirmation(
    value: Any, ceremony: Ceremony, index: int, registrations: Sequence[Registration]
) -> Confirmation:
    """The confirmation of trustee `index` from decoded JSON, with its proof checked.

    Raises TrusteeRefused with FORM for any other form, and with PROOF if the proof does not hold.
    """
    try:
        confirmation = Confirmation(index, Proof.from_list(value["proof"]))
    except (KeyError, TypeError, ValueError) as error:
        raise TrusteeRefused(TrusteeRefusalCode.FORM, index) from error
    if not canonical.same(confirmation.to_dict(ceremony), value):
        raise TrusteeRefused(TrusteeRefusalCode.FORM, index)
    lists = [registration.commitments for registration in registrations]
    statement = confirmation_statement(ceremony, index, lists)
    key = verification_key(index, lists)
    if not proofs.holds_possession(confirmation.proof, key, statement):
        raise TrusteeRefused(TrusteeRefusalCode.PROOF, index)
    return confirmation


def read_complaint(value: Any, ceremony: Ceremony) -> Complaint:
    """The complaint from decoded JSON. Its proof is checked later, by `ceremony.judge`.

    Raises TrusteeRefused (FORM) for any other form, or if it names an unknown trustee.
    """
    try:
        complaint = Complaint(
            sender=value["from"],
            receiver=value["to"],
            shared=group.point_from_hex(value["shared"]),
            proof=Proof.from_list(value["proof"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise TrusteeRefused(TrusteeRefusalCode.FORM) from error
    ends = (complaint.sender, complaint.receiver)
    known = all(canonical.is_integer(end, 1, ceremony.trustees) for end in ends)
    if not known or not canonical.same(complaint.to_dict(ceremony), value):
        raise TrusteeRefused(TrusteeRefusalCode.FORM)
    return complaint


def require_all(registrations: Sequence[Registration], ceremony: Ceremony) -> None:
    """Raises TrusteeRefused (INCOMPLETE) unless these are the trustees 1 to n, in this order."""
    if [item.index for item in registrations] != list(range(1, ceremony.trustees + 1)):
        raise TrusteeRefused(TrusteeRefusalCode.INCOMPLETE)


def verification_key(index: int, commitments: Iterable[Sequence[bytes]]) -> bytes:
    """The point V_j = x_j G of trustee `index`, from the commitments of all trustees."""
    return group.total(group.evaluate(points, index) for points in commitments)


def possession_statement(ceremony: Ceremony, index: int, commitments: Sequence[bytes]) -> Statement:
    """What the proof of possession of trustee `index` covers; ends with its first commitment."""
    parts = (*ceremony.parts(index), *commitments, commitments[0])
    return Statement("facevote-1/possession", parts)


def transport_statement(
    ceremony: Ceremony, index: int, commitments: Sequence[bytes], key: bytes
) -> Statement:
    """What the proof for the transport key `key` (a point) covers; ends with that key."""
    parts = (*ceremony.parts(index), *commitments, key)
    return Statement("facevote-1/transport-possession", parts)


def confirmation_statement(
    ceremony: Ceremony, index: int, commitments: Sequence[Sequence[bytes]]
) -> Statement:
    """What the confirmation of trustee `index` covers: the commitments of all, and V_j last."""
    points = [point for item in commitments for point in item]
    key = verification_key(index, commitments)
    return Statement("facevote-1/confirmation", (*ceremony.parts(index), *points, key))


def complaint_statement(
    ceremony: Ceremony, share: SealedShare, key: bytes, shared: bytes
) -> Statement:
    """What a complaint about `share` covers; `key` is the receiver's transport key."""
    sealed = group.scalar_to_bytes(share.sealed)
    indexes = (u64(share.sender), u64(share.receiver))
    parts = (ceremony.election, *indexes, share.nonce, sealed, key, shared)
    return Statement("facevote-1/complaint", parts)
