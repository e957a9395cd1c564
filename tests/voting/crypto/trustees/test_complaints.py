from __future__ import annotations

from dataclasses import replace

import pytest

from tests.voting.crypto.trustees.three_trustees import (
    LATER,
    SECRETS,
    TRANSCRIPT,
    received,
    wrong_share,
)
from voting.crypto import group
from voting.crypto.trustees.complaints import Complaint, complain, judge, read_complaint
from voting.crypto.trustees.terms import TrusteeRefusalCode, TrusteeRefused

WRONG = wrong_share(3, 2)
COMPLAINT = complain(SECRETS[1], TRANSCRIPT, WRONG)


def test_a_complaint_is_read_back() -> None:
    assert read_complaint(COMPLAINT.to_dict(TRANSCRIPT), TRANSCRIPT) == COMPLAINT


def test_who_signed_a_wrong_share_is_at_fault() -> None:
    assert judge(COMPLAINT, TRANSCRIPT) == 3


def test_who_complains_of_a_good_share_is_at_fault() -> None:
    complaint = complain(SECRETS[1], TRANSCRIPT, received(2)[0])

    assert judge(complaint, TRANSCRIPT) == 2
    assert judge(replace(complaint, shared=group.base(5)), TRANSCRIPT) == 2


def test_a_share_that_the_server_changed_is_not_complained_about() -> None:
    """Its Diffie-Hellman value would open the true share, so the receiver must keep it."""
    changed = replace(received(2)[0], sealed=5)

    with pytest.raises(TrusteeRefused) as refused:
        complain(SECRETS[1], TRANSCRIPT, changed)

    assert refused.value.code is TrusteeRefusalCode.SIGNATURE


def test_who_complains_about_what_nobody_signed_is_at_fault() -> None:
    changed = replace(WRONG, sealed=(WRONG.sealed + 1) % group.ORDER)

    assert judge(replace(COMPLAINT, share=changed), TRANSCRIPT) == 2


def test_nobody_complains_in_the_name_of_another() -> None:
    with pytest.raises(TrusteeRefused):
        complain(SECRETS[0], TRANSCRIPT, WRONG)
    with pytest.raises(TrusteeRefused):
        complain(SECRETS[1], LATER, WRONG)


@pytest.mark.parametrize(
    "change",
    [
        {"election": "other"},
        {"format": "facevote-complaint-1"},
        {"proof": []},
        {"shared": "0" * 64},
        {"share": None},
        {"share": WRONG.to_dict(TRANSCRIPT) | {"from": 4}},
        {"share": WRONG.to_dict(TRANSCRIPT) | {"to": 0}},
        {"share": WRONG.to_dict(TRANSCRIPT) | {"transcript": LATER.hash.hex()}},
        {"transcript": LATER.hash.hex()},
        {"more": 1},
    ],
)
def test_a_complaint_that_is_not_in_its_form_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(TrusteeRefused):
        read_complaint(COMPLAINT.to_dict(TRANSCRIPT) | change, TRANSCRIPT)


def test_a_complaint_of_another_ceremony_is_refused() -> None:
    with pytest.raises(TrusteeRefused) as refused:
        read_complaint(COMPLAINT.to_dict(LATER), TRANSCRIPT)

    assert refused.value.code is TrusteeRefusalCode.TRANSCRIPT
    assert isinstance(COMPLAINT, Complaint)
