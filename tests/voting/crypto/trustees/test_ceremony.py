from __future__ import annotations

from dataclasses import replace

import pytest

from tests.voting.crypto.trustees.three_trustees import CEREMONY, REGISTRATIONS, SEEDS, received
from voting.crypto import group
from voting.crypto.trustees.ceremony import complain, judge, key_share, make_shares, open_share
from voting.crypto.trustees.messages import (
    Registration,
    TrusteeRefusalCode,
    TrusteeRefused,
    verification_key,
)


def test_a_verification_key_is_the_share_in_the_open() -> None:
    key = key_share(SEEDS[2], CEREMONY, received(3), REGISTRATIONS)

    lists = [registration.commitments for registration in REGISTRATIONS]

    assert verification_key(3, lists) == group.base(key)


def test_a_wrong_share_names_its_sender_and_the_complaint_is_upheld() -> None:
    shares = received(2)
    wrong = replace(shares[2], sealed=(shares[2].sealed + 1) % group.ORDER)

    with pytest.raises(TrusteeRefused) as refused:
        key_share(SEEDS[1], CEREMONY, [*shares[:2], wrong], REGISTRATIONS)
    complaint = complain(SEEDS[1], CEREMONY, wrong, REGISTRATIONS)

    assert (refused.value.code, refused.value.trustee) == (TrusteeRefusalCode.SHARE, 3)
    assert judge(complaint, CEREMONY, wrong, REGISTRATIONS) == 3


def test_who_complains_of_a_good_share_is_at_fault() -> None:
    share = received(2)[0]
    complaint = complain(SEEDS[1], CEREMONY, share, REGISTRATIONS)

    made_up = replace(complaint, shared=group.base(5))

    assert judge(complaint, CEREMONY, share, REGISTRATIONS) == 2
    assert judge(made_up, CEREMONY, share, REGISTRATIONS) == 2


def test_a_share_opens_for_its_receiver_only() -> None:
    share = received(2)[0]

    with pytest.raises(TrusteeRefused):
        open_share(SEEDS[2], CEREMONY, share, REGISTRATIONS)


def test_shares_are_not_made_before_everybody_has_registered() -> None:
    few: tuple[Registration, ...] = REGISTRATIONS[:2]

    with pytest.raises(TrusteeRefused):
        make_shares(SEEDS[0], CEREMONY, 1, few)
