"""The election key that comes out of the ceremony, and its check before an election opens.

docs/cryptography.md, sections 5 and 6. Words and source of the scheme: messages.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voting.crypto import group, proofs
from voting.crypto.group import ORDER
from voting.crypto.manifest import KeySetup, KeySetupMode, TrusteeKey
from voting.crypto.trustees.ceremony import coefficients, confirm, register
from voting.crypto.trustees.messages import (
    Ceremony,
    TrusteeRefusalCode,
    TrusteeRefused,
    confirmation_statement,
    possession_statement,
    require_all,
    verification_key,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from voting.crypto.trustees.messages import Confirmation, Registration


def assemble(
    ceremony: Ceremony,
    names: Sequence[str],
    registrations: Sequence[Registration],
    confirmations: Sequence[Confirmation],
    mode: KeySetupMode = KeySetupMode.TRUSTEES,
) -> KeySetup:
    """The manifest's key, once every trustee has registered and confirmed.

    The three lists are ordered by the trustees' numbers. Raises TrusteeRefused with INCOMPLETE if
    a registration or a confirmation is missing and with PROOF if a proof does not hold,
    ManifestInvalid if these numbers make no key, and ValueError for too few or too many names.
    """
    require_all(registrations, ceremony)
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
    """The check before an election opens: every proof of possession and every confirmation.

    Raises TrusteeRefused with PROOF, which names the trustee, if one does not hold, and with FORM
    if `election` is no identifier.
    """
    ceremony = Ceremony(election, setup.threshold, len(setup.trustees))
    lists = [trustee.commitments for trustee in setup.trustees]
    for index, trustee in enumerate(setup.trustees, start=1):
        statement = possession_statement(ceremony, index, trustee.commitments)
        if not proofs.holds_possession(trustee.proof, trustee.commitments[0], statement):
            raise TrusteeRefused(TrusteeRefusalCode.PROOF, index)
        key = verification_key(index, lists)
        statement = confirmation_statement(ceremony, index, lists)
        if not proofs.holds_possession(trustee.confirmation, key, statement):
            raise TrusteeRefused(TrusteeRefusalCode.PROOF, index)


def server_key(seed: bytes, election: str, name: str) -> tuple[KeySetup, int]:
    """The key of an election without trustees, and its secret scalar.

    The server is the one trustee of one, so that no other code knows this case. Raises
    TrusteeRefused (FORM) if `election` is no identifier.
    """
    ceremony = Ceremony(election, 1, 1)
    registrations = (register(seed, ceremony, 1),)
    share = coefficients(seed, ceremony, 1)[0]
    confirmations = (confirm(share, ceremony, 1, registrations),)
    setup = assemble(ceremony, (name,), registrations, confirmations, KeySetupMode.SERVER)
    return setup, share


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
