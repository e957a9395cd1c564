from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.voting.crypto.elections import server_secret
from tests.voting.crypto.trustees.three_trustees import SECRETS, TRANSCRIPT, received
from voting.crypto import group
from voting.crypto.text import TextInvalid
from voting.crypto.trustees.confirmation import confirm
from voting.crypto.trustees.key import KeySetup, assemble, check_key, lagrange, server_key
from voting.crypto.trustees.shares import key_share
from voting.crypto.trustees.terms import Ceremony, TrusteeRefusalCode, TrusteeRefused
from voting.trials.ceremonies import hold_ceremony

KEYS = [key_share(secret, TRANSCRIPT, received(secret.index)) for secret in SECRETS]
CONFIRMATIONS = [
    confirm(secret, TRANSCRIPT, key) for secret, key in zip(SECRETS, KEYS, strict=True)
]


@settings(max_examples=15)
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


def test_a_key_is_not_assembled_while_somebody_has_not_confirmed() -> None:
    for few in (CONFIRMATIONS[:2], CONFIRMATIONS[::-1]):
        with pytest.raises(TrusteeRefused) as refused:
            assemble(TRANSCRIPT, ("A", "B", "C"), few)
        assert refused.value.code is TrusteeRefusalCode.INCOMPLETE


@pytest.mark.parametrize("name", ["Jose\u0301", "", "x" * 201, "a\nb"])
def test_a_key_is_not_assembled_with_a_name_that_no_manifest_has(name: str) -> None:
    with pytest.raises(TextInvalid):
        assemble(TRANSCRIPT, ("A", "B", name), CONFIRMATIONS)


def test_the_manifest_holds_all_that_the_transcript_is_made_of() -> None:
    setup = assemble(TRANSCRIPT, ("A", "B", "C"), CONFIRMATIONS)

    again = KeySetup.from_dict(setup.to_dict())

    assert check_key("test-election", again) == TRANSCRIPT


@pytest.mark.parametrize(
    "part", ["round", "proof", "transport_key", "transport_proof", "commitments"]
)
def test_a_manifest_with_a_changed_registration_is_refused(part: str) -> None:
    setup = assemble(TRANSCRIPT, ("A", "B", "C"), CONFIRMATIONS)
    first, second, third = setup.trustees
    changed = replace(first.registration, **{part: getattr(second.registration, part)})
    points = [changed.commitments[0]] + [
        item.registration.commitments[0] for item in (second, third)
    ]

    with pytest.raises(TrusteeRefused):
        check_key(
            "test-election",
            replace(
                setup,
                public_key=group.total(points),
                trustees=(replace(first, registration=changed), second, third),
            ),
        )


def test_a_manifest_with_anothers_confirmation_or_election_is_refused() -> None:
    setup = assemble(TRANSCRIPT, ("A", "B", "C"), CONFIRMATIONS)
    first, second, third = setup.trustees
    borrowed = replace(first, confirmation=second.confirmation)

    with pytest.raises(TrusteeRefused):
        check_key("other-election", setup)
    with pytest.raises(TrusteeRefused) as refused:
        check_key("test-election", replace(setup, trustees=(borrowed, second, third)))
    assert refused.value.trustee == 1


def test_the_server_mode_is_one_trustee_of_one() -> None:
    setup, share = server_key(server_secret("small-election"), "Server")

    assert setup.public_key == group.base(share)
    assert (setup.threshold, len(setup.trustees)) == (1, 1)
    check_key("small-election", setup)
