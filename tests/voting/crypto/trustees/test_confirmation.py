from __future__ import annotations

import pytest

from tests.voting.crypto.trustees.three_trustees import LATER, SECRETS, TRANSCRIPT, received
from voting.crypto.trustees.confirmation import (
    confirm,
    endorse,
    holds_endorsement,
    read_confirmation,
)
from voting.crypto.trustees.shares import key_share
from voting.crypto.trustees.terms import TrusteeRefusalCode, TrusteeRefused

KEY = key_share(SECRETS[1], TRANSCRIPT, received(2))
CONFIRMATION = confirm(SECRETS[1], TRANSCRIPT, KEY)
FINGERPRINT = "ab" * 32


def test_a_confirmation_is_read_back() -> None:
    assert read_confirmation(CONFIRMATION.to_dict(TRANSCRIPT), TRANSCRIPT, 2) == CONFIRMATION


def test_a_confirmation_of_another_share_is_refused() -> None:
    wrong = confirm(SECRETS[1], TRANSCRIPT, KEY + 1)

    with pytest.raises(TrusteeRefused) as refused:
        read_confirmation(wrong.to_dict(TRANSCRIPT), TRANSCRIPT, 2)

    assert (refused.value.code, refused.value.trustee) == (TrusteeRefusalCode.PROOF, 2)


def test_a_confirmation_of_another_ceremony_is_refused() -> None:
    with pytest.raises(TrusteeRefused) as refused:
        read_confirmation(CONFIRMATION.to_dict(LATER), TRANSCRIPT, 2)
    assert refused.value.code is TrusteeRefusalCode.TRANSCRIPT
    later = CONFIRMATION.to_dict(TRANSCRIPT) | {"transcript": LATER.hash.hex()}
    with pytest.raises(TrusteeRefused) as moved:
        read_confirmation(later, LATER, 2)
    assert moved.value.code is TrusteeRefusalCode.PROOF
    with pytest.raises(TrusteeRefused):
        confirm(SECRETS[1], LATER, KEY)


@pytest.mark.parametrize(
    "change", [{"index": 1}, {"index": True}, {"proof": None}, {"more": 1}, {"transcript": 7}]
)
def test_a_confirmation_that_is_not_in_its_form_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(TrusteeRefused):
        read_confirmation(CONFIRMATION.to_dict(TRANSCRIPT) | change, TRANSCRIPT, 2)


def test_an_endorsement_is_one_trustees_for_one_election() -> None:
    keys = TRANSCRIPT.verification_keys
    signature = endorse(KEY, FINGERPRINT, 2, keys[1])

    assert holds_endorsement(signature, FINGERPRINT, 2, keys[1])
    assert not holds_endorsement(signature, "cd" * 32, 2, keys[1])
    assert not holds_endorsement(signature, FINGERPRINT, 1, keys[1])
    assert not holds_endorsement(signature, FINGERPRINT, 2, keys[0])
    assert not holds_endorsement(CONFIRMATION.proof, FINGERPRINT, 2, keys[1])
