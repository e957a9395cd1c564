from __future__ import annotations

from dataclasses import replace

import pytest

from tests.voting.crypto.trustees.three_trustees import CEREMONY, REGISTRATIONS, SEEDS, received
from voting.crypto import group
from voting.crypto.trustees.ceremony import complain, confirm, key_share
from voting.crypto.trustees.messages import (
    TrusteeRefusalCode,
    TrusteeRefused,
    check_registration,
    read_complaint,
    read_confirmation,
    read_registration,
    read_share,
)


def test_messages_are_read_back_as_they_were_written() -> None:
    share = received(2)[0]
    key = key_share(SEEDS[1], CEREMONY, received(2), REGISTRATIONS)
    confirmation = confirm(key, CEREMONY, 2, REGISTRATIONS)
    complaint = complain(SEEDS[1], CEREMONY, share, REGISTRATIONS)

    first = REGISTRATIONS[0].to_dict(CEREMONY)
    assert read_registration(first, CEREMONY, 1) == REGISTRATIONS[0]
    assert read_share(share.to_dict(CEREMONY), CEREMONY, 1, 2) == share
    sent = confirmation.to_dict(CEREMONY)
    assert read_confirmation(sent, CEREMONY, 2, REGISTRATIONS) == confirmation
    assert read_complaint(complaint.to_dict(CEREMONY), CEREMONY) == complaint


@pytest.mark.parametrize("part", ["commitments", "transport_key", "proof", "transport_proof"])
def test_a_registration_with_a_part_of_another_is_refused(part: str) -> None:
    mixed = replace(REGISTRATIONS[0], **{part: getattr(REGISTRATIONS[1], part)})

    with pytest.raises(TrusteeRefused) as refused:
        read_registration(mixed.to_dict(CEREMONY), CEREMONY, 1)

    assert (refused.value.code, refused.value.trustee) == (TrusteeRefusalCode.PROOF, 1)


def test_a_rogue_key_that_cancels_the_others_has_no_proof() -> None:
    """Who registers last could make any sum, but without knowing its own secret."""
    wanted = group.base(42)
    others = group.add(REGISTRATIONS[0].commitments[0], REGISTRATIONS[1].commitments[0])
    rogue = (group.subtract(wanted, others), REGISTRATIONS[2].commitments[1])

    with pytest.raises(TrusteeRefused):
        check_registration(replace(REGISTRATIONS[2], commitments=rogue), CEREMONY)


@pytest.mark.parametrize(
    "change",
    [
        {"index": 2},
        {"index": True},
        {"election": "other"},
        {"threshold": 3},
        {"trustees": 4},
        {"commitments": []},
        {"commitments": ["0" * 64, "0" * 64]},
        {"proof": ["1"]},
        {"transport_key": None},
        {"format": "other"},
        {"extra": 1},
    ],
)
def test_a_registration_that_is_not_in_its_form_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(TrusteeRefused):
        read_registration(REGISTRATIONS[0].to_dict(CEREMONY) | change, CEREMONY, 1)


def test_a_confirmation_of_another_share_is_refused() -> None:
    key = key_share(SEEDS[1], CEREMONY, received(2), REGISTRATIONS)
    wrong = confirm(key + 1, CEREMONY, 2, REGISTRATIONS)

    with pytest.raises(TrusteeRefused) as refused:
        read_confirmation(wrong.to_dict(CEREMONY), CEREMONY, 2, REGISTRATIONS)

    assert refused.value.trustee == 2
