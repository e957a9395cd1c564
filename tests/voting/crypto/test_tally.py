from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.voting.crypto.elections import contest, make_manifest
from voting.crypto import group, tally
from voting.crypto.encryption import encrypt_ballot
from voting.crypto.tally import CountRefusalCode, CountRefused, Logarithm, Tally
from voting.crypto.trustees.key import server_key
from voting.crypto.trustees.messages import Ceremony
from voting.trials.simulation import KeyCeremony, hold_ceremony

if TYPE_CHECKING:
    from voting.crypto.manifest import Manifest


@pytest.fixture(scope="module")
def keys() -> KeyCeremony:
    return hold_ceremony(Ceremony("test-election", 3, 5))


@pytest.fixture(scope="module")
def shared(keys: KeyCeremony) -> Manifest:
    return replace(make_manifest(contest(3, 0, 2, blank=True)), key=keys.setup)


@pytest.fixture(scope="module")
def summed(shared: Manifest) -> Tally:
    chosen = [["c0"], ["c0", "c2"], [], None, ["c2"], ["c0"]]
    ballots = [
        encrypt_ballot(shared, f"voter-{n}", {"contest": names}).ballot
        for n, names in enumerate(chosen)
    ]
    return tally.add_ballots(shared, ballots)


def test_every_k_of_the_trustees_open_the_same_result(
    shared: Manifest, keys: KeyCeremony, summed: Tally
) -> None:
    partials = [
        tally.partial_decryption(shared, summed, i, keys.shares[i - 1]) for i in range(1, 6)
    ]

    for chosen in itertools.permutations(partials, 3):
        result = tally.combine(shared, summed, chosen)

        assert result.counts == ((3, 0, 2, 1),)
        assert result.to_dict(shared)["contests"] == [
            {"blank": 1, "counts": [3, 0, 2], "id": "contest"}
        ]


def test_too_few_trustees_open_nothing(shared: Manifest, keys: KeyCeremony, summed: Tally) -> None:
    one = tally.partial_decryption(shared, summed, 1, keys.shares[0])

    for partials in ([one], [one, one, one]):
        with pytest.raises(CountRefused) as refused:
            tally.combine(shared, summed, partials)
        assert refused.value.code is CountRefusalCode.TOO_FEW


def test_a_wrong_partial_decryption_is_refused_by_name(
    shared: Manifest, keys: KeyCeremony, summed: Tally
) -> None:
    right = tally.partial_decryption(shared, summed, 2, keys.shares[1])
    wrong = tally.partial_decryption(shared, summed, 2, keys.shares[1] + 1)
    borrowed = replace(tally.partial_decryption(shared, summed, 1, keys.shares[0]), trustee=2)

    tally.verify_partial(shared, summed, right)

    for partial in (wrong, borrowed):
        with pytest.raises(CountRefused) as refused:
            tally.verify_partial(shared, summed, partial)
        assert (refused.value.code, refused.value.trustee) == (CountRefusalCode.PROOF, 2)


def test_tally_and_partials_are_read_back_strictly(
    shared: Manifest, keys: KeyCeremony, summed: Tally
) -> None:
    partial = tally.partial_decryption(shared, summed, 4, keys.shares[3])

    written, shares = summed.to_dict(shared), partial.to_dict(shared)

    assert Tally.from_dict(written, shared) == summed
    assert tally.PartialDecryption.from_dict(shares, shared) == partial
    for broken in ({}, written | {"extra": 1}, written | {"contests": []}):
        with pytest.raises(CountRefused):
            Tally.from_dict(broken, shared)
    for broken in ({}, shares | {"trustee": 6}, shares | {"contests": []}):
        with pytest.raises(CountRefused):
            tally.PartialDecryption.from_dict(broken, shared)


def test_an_election_without_ballots_counts_to_nothing(shared: Manifest, keys: KeyCeremony) -> None:
    empty = tally.empty_tally(shared)
    partials = [tally.partial_decryption(shared, empty, i, keys.shares[i - 1]) for i in (1, 2, 3)]

    for partial in partials:
        tally.verify_partial(shared, empty, partial)

    assert tally.combine(shared, empty, partials).counts == ((0, 0, 0, 0),)


@settings(max_examples=10)
@given(st.lists(st.sampled_from([[], ["c0"], ["c1"], ["c0", "c1"], None]), max_size=6))
def test_the_count_is_what_was_selected(chosen: list[list[str] | None]) -> None:
    manifest = make_manifest(contest(2, 0, 2, blank=True))
    _setup, share = server_key(bytes(32), "test-election", "Server")
    ballots = [
        encrypt_ballot(manifest, f"voter-{n}", {"contest": names}).ballot
        for n, names in enumerate(chosen)
    ]

    summed = tally.add_ballots(manifest, ballots)
    partial = tally.partial_decryption(manifest, summed, 1, share)

    expected = [sum("c0" in (names or ()) for names in chosen)]
    expected += [sum("c1" in (names or ()) for names in chosen), chosen.count(None)]
    assert tally.combine(manifest, summed, [partial]).counts == (tuple(expected),)


@given(st.integers(0, 3000), st.data())
def test_a_logarithm_is_found_up_to_the_limit(limit: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, limit))

    assert Logarithm(limit).solve(group.base(number)) == number


@pytest.mark.parametrize("number", [11, 12, 100, group.ORDER - 1])
def test_a_number_beyond_the_ballots_is_refused(number: int) -> None:
    with pytest.raises(CountRefused) as refused:
        Logarithm(10).solve(group.base(number))

    assert refused.value.code is CountRefusalCode.NO_NUMBER
