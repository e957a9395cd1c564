"""What a trustee does with its secret: register, send shares, confirm or complain.

A trustee remembers 32 random bytes, its seed. The polynomial and the transport key follow from it,
so a trustee can fetch the shares that were sent to it and open them again on any device. Here a
secret is only ever an argument or a return value, never part of a message.

docs/cryptography.md, section 5. Words and source of the scheme: messages.py.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from voting.crypto import group, proofs
from voting.crypto.group import ORDER, u64
from voting.crypto.trustees.messages import (
    Complaint,
    Confirmation,
    Registration,
    SealedShare,
    TrusteeRefusalCode,
    TrusteeRefused,
    complaint_statement,
    confirmation_statement,
    possession_statement,
    require_all,
    transport_statement,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voting.crypto.trustees.messages import Ceremony

SEED_BYTES = 32


def new_seed() -> bytes:
    """32 random bytes from the operating system."""
    return secrets.token_bytes(SEED_BYTES)


def coefficients(seed: bytes, ceremony: Ceremony, index: int) -> tuple[int, ...]:
    """The secret polynomial of trustee `index`: `threshold` scalars, the constant term first."""
    return tuple(
        group.hash_to_scalar(
            "facevote-1/coefficient", seed, ceremony.election, u64(index), u64(degree)
        )
        for degree in range(ceremony.threshold)
    )


def transport_secret(seed: bytes, ceremony: Ceremony, index: int) -> int:
    """The secret scalar e_i behind the transport key of trustee `index`."""
    return group.hash_to_scalar("facevote-1/transport", seed, ceremony.election, u64(index))


def register(seed: bytes, ceremony: Ceremony, index: int) -> Registration:
    """Step 1: the registration of trustee `index`. The same seed gives the same points again."""
    secret = coefficients(seed, ceremony, index)
    transport = transport_secret(seed, ceremony, index)
    commitments = tuple(group.base(item) for item in secret)
    transport_key = group.base(transport)
    return Registration(
        index=index,
        commitments=commitments,
        proof=proofs.prove_possession(
            secret[0], possession_statement(ceremony, index, commitments)
        ),
        transport_key=transport_key,
        transport_proof=proofs.prove_possession(
            transport, transport_statement(ceremony, index, commitments, transport_key)
        ),
    )


def make_shares(
    seed: bytes, ceremony: Ceremony, index: int, registrations: Sequence[Registration]
) -> tuple[SealedShare, ...]:
    """Step 2: the shares of trustee `index` for trustees 1 to n, itself included, in this order.

    Raises TrusteeRefused (INCOMPLETE) if a registration is missing.
    """
    require_all(registrations, ceremony)
    secret = coefficients(seed, ceremony, index)
    return tuple(
        _seal(_evaluate(secret, receiver.index), ceremony, index, receiver)
        for receiver in registrations
    )


def open_share(
    seed: bytes, ceremony: Ceremony, share: SealedShare, registrations: Sequence[Registration]
) -> int:
    """The share as a scalar, opened with the receiver's seed.

    Raises TrusteeRefused (SHARE), which names the sender, if the share does not lie on the
    polynomial that the sender committed to.
    """
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
    """The trustee's share x_j of the election key, a scalar, from the shares sent to it.

    Raises TrusteeRefused with INCOMPLETE unless there is exactly one share from every trustee,
    with FORM if the shares have different receivers, and with SHARE if one of them is wrong.
    """
    require_all(registrations, ceremony)
    senders = [share.sender for share in shares]
    if sorted(senders) != list(range(1, ceremony.trustees + 1)):
        raise TrusteeRefused(TrusteeRefusalCode.INCOMPLETE)
    if len({share.receiver for share in shares}) != 1:
        raise TrusteeRefused(TrusteeRefusalCode.FORM)
    return sum(open_share(seed, ceremony, share, registrations) for share in shares) % ORDER


def confirm(
    share: int, ceremony: Ceremony, index: int, registrations: Sequence[Registration]
) -> Confirmation:
    """Step 3: a proof that trustee `index` knows `share`, its share of the key."""
    lists = [registration.commitments for registration in registrations]
    statement = confirmation_statement(ceremony, index, lists)
    return Confirmation(index, proofs.prove_possession(share, statement))


def complain(
    seed: bytes, ceremony: Ceremony, share: SealedShare, registrations: Sequence[Registration]
) -> Complaint:
    """Step 3 instead: lets everybody open this one share. `seed` is the receiver's seed."""
    secret = transport_secret(seed, ceremony, share.receiver)
    shared = group.multiply(secret, share.nonce)
    key = registrations[share.receiver - 1].transport_key
    statement = complaint_statement(ceremony, share, key, shared)
    proof = proofs.prove_equality(secret, share.nonce, statement)
    return Complaint(share.sender, share.receiver, shared, proof)


def judge(
    complaint: Complaint,
    ceremony: Ceremony,
    share: SealedShare,
    registrations: Sequence[Registration],
) -> int:
    """The number of the trustee at fault: the sender of a bad share, else the one who complained.

    The one who complained is at fault if the share is good, if the complaint's proof does not hold,
    or if the complaint is about another share.
    """
    receiver = registrations[share.receiver - 1]
    holds = proofs.holds_equality(
        complaint.proof,
        public=receiver.transport_key,
        second_base=share.nonce,
        second=complaint.shared,
        statement=complaint_statement(ceremony, share, receiver.transport_key, complaint.shared),
    )
    if not holds or (complaint.sender, complaint.receiver) != (share.sender, share.receiver):
        return complaint.receiver
    try:
        sender = registrations[share.sender - 1]
        _unseal(ceremony, share, receiver, complaint.shared, sender)
    except TrusteeRefused:
        return share.sender
    return complaint.receiver


def _evaluate(polynomial: Sequence[int], place: int) -> int:
    value = 0
    for coefficient in reversed(polynomial):
        value = (value * place + coefficient) % ORDER
    return value


def _mask(ceremony: Ceremony, sender: int, receiver: int, *points: bytes) -> int:
    return group.hash_to_scalar(
        "facevote-1/share", ceremony.election, u64(sender), u64(receiver), *points
    )


def _seal(share: int, ceremony: Ceremony, sender: int, receiver: Registration) -> SealedShare:
    randomness = group.random_scalar()
    nonce = group.base(randomness)
    key = receiver.transport_key
    shared = group.multiply(randomness, key)
    mask = _mask(ceremony, sender, receiver.index, nonce, key, shared)
    return SealedShare(sender, receiver.index, nonce, (share + mask) % ORDER)


def _unseal(
    ceremony: Ceremony,
    share: SealedShare,
    receiver: Registration,
    shared: bytes,
    sender: Registration,
) -> int:
    """Raises TrusteeRefused (SHARE) if the opened share is not on the sender's polynomial."""
    key = receiver.transport_key
    mask = _mask(ceremony, share.sender, share.receiver, share.nonce, key, shared)
    value = (share.sealed - mask) % ORDER
    if group.base(value) != group.evaluate(sender.commitments, share.receiver):
        raise TrusteeRefused(TrusteeRefusalCode.SHARE, share.sender)
    return value
