from __future__ import annotations

from dataclasses import replace

import pytest

from tests.voting.crypto.trustees.three_trustees import CEREMONY, LATER, SECRETS, TRANSCRIPT
from voting.crypto import canonical, group
from voting.crypto.trustees.registration import (
    Registration,
    Transcript,
    check_registration,
    read_registration,
)
from voting.crypto.trustees.secret import (
    TrusteeSecret,
    makes,
    new_secret,
    register,
    require_own,
)
from voting.crypto.trustees.terms import Ceremony, TrusteeRefusalCode, TrusteeRefused

FIRST, SECOND, THIRD = TRANSCRIPT.registrations


def refusal(registrations: tuple[Registration, ...]) -> TrusteeRefusalCode:
    with pytest.raises(TrusteeRefused) as refused:
        Transcript(CEREMONY, registrations)
    return refused.value.code


def test_a_registration_is_read_back() -> None:
    assert read_registration(FIRST.to_dict(CEREMONY), CEREMONY, 1) == FIRST


@pytest.mark.parametrize(
    "part", ["commitments", "transport_key", "proof", "transport_proof", "round"]
)
def test_a_registration_with_a_part_of_another_is_refused(part: str) -> None:
    mixed = replace(FIRST, **{part: getattr(SECOND, part)})

    with pytest.raises(TrusteeRefused) as refused:
        read_registration(mixed.to_dict(CEREMONY), CEREMONY, 1)

    assert (refused.value.code, refused.value.trustee) == (TrusteeRefusalCode.PROOF, 1)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_registration_of_another_ceremony_is_refused(number: int) -> None:
    """Same election, same trustee; the round is another."""
    before, now = LATER.registrations[number], TRANSCRIPT.registrations[number]

    for part in ("commitments", "transport_key", "proof", "transport_proof", "round"):
        with pytest.raises(TrusteeRefused):
            check_registration(replace(now, **{part: getattr(before, part)}), CEREMONY)


def test_the_transport_key_can_not_be_replaced_without_the_key_part() -> None:
    """The server knows a secret of its own and makes the best proof it can for it."""
    own = register(new_secret(CEREMONY, 1))

    for mixed in (
        replace(FIRST, transport_key=own.transport_key, transport_proof=own.transport_proof),
        replace(own, commitments=FIRST.commitments, proof=FIRST.proof, round=FIRST.round),
    ):
        with pytest.raises(TrusteeRefused):
            check_registration(mixed, CEREMONY)


def test_a_rogue_key_that_cancels_the_others_has_no_proof() -> None:
    """Who registers last could make any sum, but without knowing its own secret."""
    wanted = group.base(42)
    others = group.add(FIRST.commitments[0], SECOND.commitments[0])
    rogue = (group.subtract(wanted, others), THIRD.commitments[1])

    with pytest.raises(TrusteeRefused):
        check_registration(replace(THIRD, commitments=rogue), CEREMONY)


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
        {"round": "ab"},
        {"round": "AB" * 16},
        {"round": None},
        {"transport_key": None},
        {"transport_key": "0" * 64},
        {"format": "facevote-trustee-1"},
        {"extra": 1},
    ],
)
def test_a_registration_that_is_not_in_its_form_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(TrusteeRefused):
        read_registration(FIRST.to_dict(CEREMONY) | change, CEREMONY, 1)


def test_a_transcript_covers_every_registration() -> None:
    again = register(SECRETS[2])  # the same points with new proofs

    assert makes(SECRETS[2], again)
    assert Transcript(CEREMONY, (FIRST, SECOND, again)).hash != TRANSCRIPT.hash
    assert LATER.hash != TRANSCRIPT.hash
    values = [item.to_dict(CEREMONY) for item in TRANSCRIPT.registrations]
    assert Transcript.from_list(values, CEREMONY) == TRANSCRIPT
    assert TRANSCRIPT.hash.hex() == canonical.sha(
        {"format": "facevote-transcript-2", "registrations": values}
    )


def test_a_transcript_is_of_all_trustees_in_order() -> None:
    assert refusal((FIRST, SECOND)) is TrusteeRefusalCode.INCOMPLETE
    assert refusal((FIRST, THIRD, SECOND)) is TrusteeRefusalCode.INCOMPLETE
    assert refusal((FIRST, SECOND, THIRD, THIRD)) is TrusteeRefusalCode.INCOMPLETE


def test_no_two_trustees_have_a_round_in_common() -> None:
    twin = TrusteeSecret(CEREMONY, 3, FIRST.round, bytes(32))

    assert refusal((FIRST, SECOND, register(twin))) is TrusteeRefusalCode.REPEATED


def test_a_trustee_knows_its_own_registration() -> None:
    for secret in SECRETS:
        require_own(secret, TRANSCRIPT)
        with pytest.raises(TrusteeRefused) as refused:
            require_own(secret, LATER)
        assert refused.value.code is TrusteeRefusalCode.OWN
    with pytest.raises(TrusteeRefused):
        require_own(replace(SECRETS[0], index=2), TRANSCRIPT)


def test_a_new_ceremony_has_nothing_in_common_with_the_one_before() -> None:
    """Even with one seed, another round gives another polynomial and another transport key."""
    first, second = (
        TrusteeSecret(CEREMONY, 1, bytes([round_]) * 16, bytes(32)) for round_ in (1, 2)
    )

    assert not set(first.polynomial) & set(second.polynomial)
    assert first.transport != second.transport
    assert new_secret(CEREMONY, 1).seed != new_secret(CEREMONY, 1).seed


@pytest.mark.parametrize(
    ("threshold", "trustees"), [(0, 1), (2, 1), (1, 0), (1, 51), (True, 1), (1, True)]
)
def test_a_ceremony_of_impossible_numbers_is_refused(threshold: int, trustees: int) -> None:
    with pytest.raises(TrusteeRefused):
        Ceremony("test-election", threshold, trustees)
