"""k of n trustees: key generation after Pedersen and Feldman, from one seed a trustee.

Everything a trustee must remember is 32 bytes; polynomial and transport key follow from them, so
that the shares of the others can be fetched and opened again on any device. The messages here are
public: the secrets are only ever arguments.
"""

from __future__ import annotations

import enum
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voting.crypto import canonical, group, proofs
from voting.crypto.group import ORDER, u64
from voting.crypto.manifest import KeySetup, KeySetupMode, TrusteeKey
from voting.crypto.proofs import Proof, Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SEED_BYTES = 32


class TrusteeRefusalCode(enum.StrEnum):
    FORM = "form"
    PROOF = "proof"
    SHARE = "share"
    INCOMPLETE = "incomplete"


class TrusteeRefused(ValueError):
    """`trustee` is the number of the one at fault, 0 where there is none."""

    def __init__(self, code: TrusteeRefusalCode, trustee: int = 0) -> None:
        super().__init__(f"{code} of trustee {trustee}" if trustee else str(code))
        self.code = code
        self.trustee = trustee


@dataclass(frozen=True, slots=True)
class Ceremony:
    """Which keys are made: `threshold` of `trustees` for one election."""

    election: str
    threshold: int
    trustees: int

    def __post_init__(self) -> None:
        if not 1 <= self.threshold <= self.trustees or not canonical.is_identifier(self.election):
            raise TrusteeRefused(TrusteeRefusalCode.FORM)

    def parts(self, index: int) -> tuple[bytes | str, ...]:
        return (self.election, u64(index), u64(self.threshold), u64(self.trustees))


@dataclass(frozen=True, slots=True)
class Registration:
    index: int
    commitments: tuple[bytes, ...]
    proof: Proof
    transport_key: bytes
    transport_proof: Proof

    def to_dict(self, ceremony: Ceremony) -> dict[str, Any]:
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
    sender: int
    receiver: int
    nonce: bytes
    sealed: int

    def to_dict(self, ceremony: Ceremony) -> dict[str, Any]:
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
    sender: int
    receiver: int
    shared: bytes
    proof: Proof

    def to_dict(self, ceremony: Ceremony) -> dict[str, Any]:
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
    index: int
    proof: Proof

    def to_dict(self, ceremony: Ceremony) -> dict[str, Any]:
        return {
            "election": ceremony.election,
            "format": "facevote-confirmation-1",
            "index": self.index,
            "proof": self.proof.to_list(),
        }


def new_seed() -> bytes:
    return secrets.token_bytes(SEED_BYTES)


def coefficients(seed: bytes, ceremony: Ceremony, index: int) -> tuple[int, ...]:
    return tuple(
        group.hash_to_scalar(
            "facevote-1/coefficient", seed, ceremony.election, u64(index), u64(degree)
        )
        for degree in range(ceremony.threshold)
    )


def transport_secret(seed: bytes, ceremony: Ceremony, index: int) -> int:
    return group.hash_to_scalar("facevote-1/transport", seed, ceremony.election, u64(index))


def register(seed: bytes, ceremony: Ceremony, index: int) -> Registration:
    secret = coefficients(seed, ceremony, index)
    transport = transport_secret(seed, ceremony, index)
    commitments = tuple(group.base(item) for item in secret)
    transport_key = group.base(transport)
    return Registration(
        index=index,
        commitments=commitments,
        proof=proofs.prove_possession(secret[0], _possession(ceremony, index, commitments)),
        transport_key=transport_key,
        transport_proof=proofs.prove_possession(
            transport, _transport_possession(ceremony, index, commitments, transport_key)
        ),
    )


def read_registration(value: Any, ceremony: Ceremony, index: int) -> Registration:
    """A registration that holds, TrusteeRefused otherwise."""
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
    index, commitments = registration.index, registration.commitments
    if not 1 <= index <= ceremony.trustees or len(commitments) != ceremony.threshold:
        raise TrusteeRefused(TrusteeRefusalCode.FORM, index)
    statement = _possession(ceremony, index, commitments)
    if not proofs.holds_possession(registration.proof, commitments[0], statement):
        raise TrusteeRefused(TrusteeRefusalCode.PROOF, index)
    key = registration.transport_key
    statement = _transport_possession(ceremony, index, commitments, key)
    if not proofs.holds_possession(registration.transport_proof, key, statement):
        raise TrusteeRefused(TrusteeRefusalCode.PROOF, index)


def make_shares(
    seed: bytes, ceremony: Ceremony, index: int, registrations: Sequence[Registration]
) -> tuple[SealedShare, ...]:
    """The shares of trustee `index` for every trustee, itself included."""
    _require_all(registrations, ceremony)
    secret = coefficients(seed, ceremony, index)
    return tuple(
        _seal(_evaluate(secret, receiver.index), ceremony, index, receiver)
        for receiver in registrations
    )


def read_share(value: Any, ceremony: Ceremony, sender: int, receiver: int) -> SealedShare:
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


def open_share(
    seed: bytes, ceremony: Ceremony, share: SealedShare, registrations: Sequence[Registration]
) -> int:
    """The share, if it lies on the polynomial its sender committed to; else the sender is named."""
    receiver = registrations[share.receiver - 1]
    secret = transport_secret(seed, ceremony, share.receiver)
    shared = group.multiply(secret, share.nonce)
    return _unseal(ceremony, share, receiver, shared, registrations[share.sender - 1])


def key_share(
    seed: bytes,
    ceremony: Ceremony,
    shares: Sequence[SealedShare],
    registrations: Sequence[Registration],
) -> int:
    """The trustee's share of the election key, from the shares that all trustees sent it."""
    _require_all(registrations, ceremony)
    senders = [share.sender for share in shares]
    if sorted(senders) != list(range(1, ceremony.trustees + 1)):
        raise TrusteeRefused(TrusteeRefusalCode.INCOMPLETE)
    if len({share.receiver for share in shares}) != 1:
        raise TrusteeRefused(TrusteeRefusalCode.FORM)
    return sum(open_share(seed, ceremony, share, registrations) for share in shares) % ORDER


def confirm(
    share: int, ceremony: Ceremony, index: int, registrations: Sequence[Registration]
) -> Confirmation:
    """A proof that trustee `index` knows its share of the key."""
    lists = [registration.commitments for registration in registrations]
    statement = confirmation_statement(ceremony, index, lists)
    return Confirmation(index, proofs.prove_possession(share, statement))


def read_confirmation(
    value: Any, ceremony: Ceremony, index: int, registrations: Sequence[Registration]
) -> Confirmation:
    """A confirmation that holds, TrusteeRefused otherwise."""
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


def complain(
    seed: bytes, ceremony: Ceremony, share: SealedShare, registrations: Sequence[Registration]
) -> Complaint:
    secret = transport_secret(seed, ceremony, share.receiver)
    shared = group.multiply(secret, share.nonce)
    key = registrations[share.receiver - 1].transport_key
    statement = _complaint(ceremony, share, key, shared)
    proof = proofs.prove_equality(secret, share.nonce, statement)
    return Complaint(share.sender, share.receiver, shared, proof)


def read_complaint(value: Any, ceremony: Ceremony) -> Complaint:
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


def judge(
    complaint: Complaint,
    ceremony: Ceremony,
    share: SealedShare,
    registrations: Sequence[Registration],
) -> int:
    """Who is at fault: the sender of a bad share, or the one who complained of a good one."""
    receiver = registrations[share.receiver - 1]
    holds = proofs.holds_equality(
        complaint.proof,
        public=receiver.transport_key,
        second_base=share.nonce,
        second=complaint.shared,
        statement=_complaint(ceremony, share, receiver.transport_key, complaint.shared),
    )
    if not holds or (complaint.sender, complaint.receiver) != (share.sender, share.receiver):
        return complaint.receiver
    try:
        sender = registrations[share.sender - 1]
        _unseal(ceremony, share, receiver, complaint.shared, sender)
    except TrusteeRefused:
        return share.sender
    return complaint.receiver


def verification_key(index: int, commitments: Iterable[Sequence[bytes]]) -> bytes:
    """V_j, from the commitments of all trustees."""
    return group.total(group.evaluate(points, index) for points in commitments)


def assemble(
    ceremony: Ceremony,
    names: Sequence[str],
    registrations: Sequence[Registration],
    confirmations: Sequence[Confirmation],
    mode: KeySetupMode = KeySetupMode.TRUSTEES,
) -> KeySetup:
    """The manifest's key, once every trustee has registered and confirmed."""
    _require_all(registrations, ceremony)
    if [item.index for item in confirmations] != list(range(1, ceremony.trustees + 1)):
        raise TrusteeRefused(TrusteeRefusalCode.INCOMPLETE)
    keys = tuple(
        TrusteeKey(name, registration.commitments, registration.proof, confirmation.proof)
        for name, registration, confirmation in zip(
            names, registrations, confirmations, strict=True
        )
    )
    public_key = group.total(key.commitments[0] for key in keys)
    setup = KeySetup(mode, ceremony.threshold, public_key, keys)
    check_key(ceremony.election, setup)
    return setup


def check_key(election: str, setup: KeySetup) -> None:
    """Every proof of possession and confirmation; the key check before an election opens."""
    ceremony = Ceremony(election, setup.threshold, len(setup.trustees))
    lists = [trustee.commitments for trustee in setup.trustees]
    for index, trustee in enumerate(setup.trustees, start=1):
        statement = _possession(ceremony, index, trustee.commitments)
        if not proofs.holds_possession(trustee.proof, trustee.commitments[0], statement):
            raise TrusteeRefused(TrusteeRefusalCode.PROOF, index)
        key = verification_key(index, lists)
        statement = confirmation_statement(ceremony, index, lists)
        if not proofs.holds_possession(trustee.confirmation, key, statement):
            raise TrusteeRefused(TrusteeRefusalCode.PROOF, index)


def server_key(seed: bytes, election: str, name: str) -> tuple[KeySetup, int]:
    """The single-key mode, as the case of 1 of 1, and that key."""
    ceremony = Ceremony(election, 1, 1)
    registrations = (register(seed, ceremony, 1),)
    share = coefficients(seed, ceremony, 1)[0]
    confirmations = (confirm(share, ceremony, 1, registrations),)
    return assemble(ceremony, (name,), registrations, confirmations, KeySetupMode.SERVER), share


def lagrange(index: int, indexes: Iterable[int]) -> int:
    """The weight of one trustee's share among these."""
    numerator, denominator = 1, 1
    for other in indexes:
        if other != index:
            numerator = numerator * other % ORDER
            denominator = denominator * (other - index) % ORDER
    return numerator * pow(denominator, -1, ORDER) % ORDER


def confirmation_statement(
    ceremony: Ceremony, index: int, commitments: Sequence[Sequence[bytes]]
) -> Statement:
    points = [point for item in commitments for point in item]
    key = verification_key(index, commitments)
    return Statement("facevote-1/confirmation", (*ceremony.parts(index), *points, key))


def _possession(ceremony: Ceremony, index: int, commitments: Sequence[bytes]) -> Statement:
    parts = (*ceremony.parts(index), *commitments, commitments[0])
    return Statement("facevote-1/possession", parts)


def _transport_possession(
    ceremony: Ceremony, index: int, commitments: Sequence[bytes], key: bytes
) -> Statement:
    parts = (*ceremony.parts(index), *commitments, key)
    return Statement("facevote-1/transport-possession", parts)


def _complaint(ceremony: Ceremony, share: SealedShare, key: bytes, shared: bytes) -> Statement:
    sealed = group.scalar_to_bytes(share.sealed)
    indexes = (u64(share.sender), u64(share.receiver))
    parts = (ceremony.election, *indexes, share.nonce, sealed, key, shared)
    return Statement("facevote-1/complaint", parts)


def _require_all(registrations: Sequence[Registration], ceremony: Ceremony) -> None:
    if [item.index for item in registrations] != list(range(1, ceremony.trustees + 1)):
        raise TrusteeRefused(TrusteeRefusalCode.INCOMPLETE)


def _evaluate(polynomial: Sequence[int], point: int) -> int:
    value = 0
    for coefficient in reversed(polynomial):
        value = (value * point + coefficient) % ORDER
    return value


def _mask(ceremony: Ceremony, share_of: tuple[int, int], *points: bytes) -> int:
    sender, receiver = share_of
    return group.hash_to_scalar(
        "facevote-1/share", ceremony.election, u64(sender), u64(receiver), *points
    )


def _seal(share: int, ceremony: Ceremony, sender: int, receiver: Registration) -> SealedShare:
    randomness = group.random_scalar()
    nonce = group.base(randomness)
    key = receiver.transport_key
    shared = group.multiply(randomness, key)
    mask = _mask(ceremony, (sender, receiver.index), nonce, key, shared)
    return SealedShare(sender, receiver.index, nonce, (share + mask) % ORDER)


def _unseal(
    ceremony: Ceremony,
    share: SealedShare,
    receiver: Registration,
    shared: bytes,
    sender: Registration,
) -> int:
    ends = (share.sender, share.receiver)
    mask = _mask(ceremony, ends, share.nonce, receiver.transport_key, shared)
    value = (share.sealed - mask) % ORDER
    if group.base(value) != group.evaluate(sender.commitments, share.receiver):
        raise TrusteeRefused(TrusteeRefusalCode.SHARE, share.sender)
    return value
