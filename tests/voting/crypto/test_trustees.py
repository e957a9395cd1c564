from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voting.crypto import group
from voting.crypto.trustees.ceremony import (
    complain,
    confirm,
    judge,
    key_share,
    make_shares,
    open_share,
    register,
)
from voting.crypto.trustees.key import assemble, check_key, lagrange, server_key
from voting.crypto.trustees.messages import (
    Ceremony,
    Registration,
    SealedShare,
    TrusteeRefusalCode,
    TrusteeRefused,
    check_registration,
    read_complaint,
    read_confirmation,
    read_registration,
    read_share,
    verification_key,
)
from voting.trials.simulation import hold_ceremony

CEREMONY = Ceremony("test-election", 2, 3)
SEEDS = tuple(bytes([index]) * 32 for index in (1, 2, 3))
REGISTRATIONS = tuple(register(SEEDS[i - 1], CEREMONY, i) for i in (1, 2, 3))


def received(index: int) -> list[SealedShare]:
    return [make_shares(SEEDS[i - 1], CEREMONY, i, REGISTRATIONS)[index - 1] for i in (1, 2, 3)]


@settings(deadline=None, max_examples=15)
@given(st.data())
def test_every_k_of_the_shares_make_the_key_and_fewer_do_not(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 5))
    k = data.draw(st.integers(1, n))

    keys = hold_ceremony(Ceremony("test-election", k, n))

    def joined(chosen: tuple[int, ...]) -> bytes:
        parts = (lagrange(i, chosen) * keys.shares[i - 1] for i in chosen)
        return group.base(sum(parts))

    for chosen in itertools.combinations(range(1, n + 1), k):
        assert joined(chosen) == keys.setup.public_key
    for chosen in itertools.combinations(range(1, n + 1), k - 1):
        assert not chosen or joined(chosen) != keys.setup.public_key


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


def test_a_verification_key_is_the_share_in_the_open() -> None:
    key = key_share(SEEDS[2], CEREMONY, received(3), REGISTRATIONS)

    lists = [registration.commitments for registration in REGISTRATIONS]

    assert verification_key(3, lists) == group.base(key)


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


def test_a_confirmation_of_another_share_is_refused() -> None:
    key = key_share(SEEDS[1], CEREMONY, received(2), REGISTRATIONS)
    wrong = confirm(key + 1, CEREMONY, 2, REGISTRATIONS)

    with pytest.raises(TrusteeRefused) as refused:
        read_confirmation(wrong.to_dict(CEREMONY), CEREMONY, 2, REGISTRATIONS)

    assert refused.value.trustee == 2


def test_a_key_is_not_assembled_while_somebody_has_not_confirmed() -> None:
    keys = [key_share(SEEDS[i - 1], CEREMONY, received(i), REGISTRATIONS) for i in (1, 2)]
    confirmations = [confirm(keys[i - 1], CEREMONY, i, REGISTRATIONS) for i in (1, 2)]

    with pytest.raises(TrusteeRefused) as refused:
        assemble(CEREMONY, ("A", "B", "C"), REGISTRATIONS, confirmations)

    assert refused.value.code is TrusteeRefusalCode.INCOMPLETE


def test_shares_are_not_made_before_everybody_has_registered() -> None:
    few: tuple[Registration, ...] = REGISTRATIONS[:2]

    with pytest.raises(TrusteeRefused):
        make_shares(SEEDS[0], CEREMONY, 1, few)


def test_the_server_mode_is_one_trustee_of_one() -> None:
    setup, share = server_key(SEEDS[0], "small-election", "Server")

    assert setup.public_key == group.base(share)
    assert (setup.threshold, len(setup.trustees)) == (1, 1)
    check_key("small-election", setup)
