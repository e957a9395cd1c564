from __future__ import annotations

from dataclasses import replace

import pytest

from tests.voting.crypto.trustees.three_trustees import (
    LATER,
    LATER_SECRETS,
    SECRETS,
    TRANSCRIPT,
    received,
    wrong_share,
)
from voting.crypto import group
from voting.crypto.proofs import Proof
from voting.crypto.trustees.shares import key_share, make_shares, open_share, read_share
from voting.crypto.trustees.terms import TrusteeRefusalCode, TrusteeRefused

SHARE = received(2)[0]


def test_a_share_is_read_back() -> None:
    assert read_share(SHARE.to_dict(TRANSCRIPT), TRANSCRIPT, 1, 2) == SHARE


def test_a_verification_key_is_the_share_in_the_open() -> None:
    key = key_share(SECRETS[2], TRANSCRIPT, received(3))

    assert TRANSCRIPT.verification_keys[2] == group.base(key)


@pytest.mark.parametrize(
    "change",
    [
        {"sealed": (SHARE.sealed + 1) % group.ORDER},
        {"nonce": group.base(5)},
        {"signature": Proof(1, 2)},
    ],
)
def test_a_share_that_the_server_changed_is_refused_and_accuses_nobody(
    change: dict[str, object],
) -> None:
    changed = replace(SHARE, **change)  # type: ignore[arg-type]

    for read in (
        lambda: read_share(changed.to_dict(TRANSCRIPT), TRANSCRIPT, 1, 2),
        lambda: open_share(SECRETS[1], TRANSCRIPT, changed),
        lambda: key_share(SECRETS[1], TRANSCRIPT, [changed, *received(2)[1:]]),
    ):
        with pytest.raises(TrusteeRefused) as refused:
            read()
        assert refused.value.code is TrusteeRefusalCode.SIGNATURE


def test_a_share_of_another_sender_or_receiver_is_refused() -> None:
    for sender, receiver, share in (
        (1, 2, replace(received(2)[2], sender=1)),
        (1, 2, replace(received(3)[0], receiver=2)),
    ):
        with pytest.raises(TrusteeRefused) as refused:
            read_share(share.to_dict(TRANSCRIPT), TRANSCRIPT, sender, receiver)
        assert refused.value.code is TrusteeRefusalCode.SIGNATURE
    with pytest.raises(TrusteeRefused):
        read_share(SHARE.to_dict(TRANSCRIPT), TRANSCRIPT, 1, 3)


def test_a_share_of_another_ceremony_is_refused() -> None:
    old = make_shares(LATER_SECRETS[0], LATER)[1]

    with pytest.raises(TrusteeRefused) as replayed:
        read_share(old.to_dict(LATER), TRANSCRIPT, 1, 2)
    with pytest.raises(TrusteeRefused) as relabelled:
        read_share(old.to_dict(TRANSCRIPT), TRANSCRIPT, 1, 2)

    assert replayed.value.code is TrusteeRefusalCode.TRANSCRIPT
    assert relabelled.value.code is TrusteeRefusalCode.SIGNATURE


@pytest.mark.parametrize(
    "change",
    [
        {"election": "other"},
        {"from": 2},
        {"to": True},
        {"nonce": "0" * 64},
        {"sealed": "ff" * 32},
        {"signature": []},
        {"transcript": None},
        {"format": "facevote-share-1"},
        {"more": 1},
    ],
)
def test_a_share_that_is_not_in_its_form_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(TrusteeRefused):
        read_share(SHARE.to_dict(TRANSCRIPT) | change, TRANSCRIPT, 1, 2)


def test_a_share_opens_for_its_receiver_only() -> None:
    with pytest.raises(TrusteeRefused):
        open_share(SECRETS[2], TRANSCRIPT, SHARE)


def test_a_signed_share_off_the_polynomial_names_its_sender() -> None:
    wrong = wrong_share(1, 2)

    with pytest.raises(TrusteeRefused) as refused:
        key_share(SECRETS[1], TRANSCRIPT, [wrong, *received(2)[1:]])

    assert (refused.value.code, refused.value.trustee) == (TrusteeRefusalCode.SHARE, 1)


def test_nobody_sends_shares_for_a_transcript_that_is_not_the_own() -> None:
    """A server that shows made-up registrations gets no share of anybody."""
    with pytest.raises(TrusteeRefused) as refused:
        make_shares(SECRETS[0], LATER)

    assert refused.value.code is TrusteeRefusalCode.OWN


def test_a_key_share_needs_one_share_of_everybody() -> None:
    shares = received(2)

    for few in (shares[:2], [*shares[:2], shares[0]], [*shares, shares[0]]):
        with pytest.raises(TrusteeRefused) as refused:
            key_share(SECRETS[1], TRANSCRIPT, few)
        assert refused.value.code is TrusteeRefusalCode.INCOMPLETE
    with pytest.raises(TrusteeRefused) as strange:
        key_share(SECRETS[1], TRANSCRIPT, [*shares[:2], received(3)[2]])
    assert strange.value.code is TrusteeRefusalCode.FORM
