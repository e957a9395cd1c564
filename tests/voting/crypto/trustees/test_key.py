from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.voting.crypto.trustees.three_trustees import CEREMONY, REGISTRATIONS, SEEDS, received
from voting.crypto import group
from voting.crypto.trustees.ceremony import confirm, key_share
from voting.crypto.trustees.key import assemble, check_key, lagrange, server_key
from voting.crypto.trustees.messages import Ceremony, TrusteeRefusalCode, TrusteeRefused
from voting.trials.simulation import hold_ceremony


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
    keys = [key_share(SEEDS[i - 1], CEREMONY, received(i), REGISTRATIONS) for i in (1, 2)]
    confirmations = [confirm(keys[i - 1], CEREMONY, i, REGISTRATIONS) for i in (1, 2)]

    with pytest.raises(TrusteeRefused) as refused:
        assemble(CEREMONY, ("A", "B", "C"), REGISTRATIONS, confirmations)

    assert refused.value.code is TrusteeRefusalCode.INCOMPLETE


def test_the_server_mode_is_one_trustee_of_one() -> None:
    setup, share = server_key(SEEDS[0], "small-election", "Server")

    assert setup.public_key == group.base(share)
    assert (setup.threshold, len(setup.trustees)) == (1, 1)
    check_key("small-election", setup)
