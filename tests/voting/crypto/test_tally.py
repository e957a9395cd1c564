from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.voting.crypto.elections import CLOSE, contest, make_manifest, server_secret
from voting.crypto import group, tally
from voting.crypto.decryption import (
    Logarithm,
    PartialDecryption,
    combine,
    partial_decryption,
    verify_partial,
)
from voting.crypto.encryption import encrypt_ballot
from voting.crypto.roll import RollEntry
from voting.crypto.tally import CountRefusalCode, CountRefused, Tally
from voting.crypto.trustees.key import server_key
from voting.crypto.trustees.terms import Ceremony
from voting.trials.ceremonies import KeyCeremony, hold_ceremony

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
        encrypt_ballot(shared, RollEntry(f"voter-{n}"), {"contest": names}).ballot
        for n, names in enumerate(chosen)
    ]
    return tally.add_ballots(shared, ballots)


def test_every_k_of_the_trustees_open_the_same_result(
    shared: Manifest, keys: KeyCeremony, summed: Tally
) -> None:
    partials = [
        partial_decryption(shared, summed, CLOSE, i, keys.shares[i - 1]) for i in range(1, 6)
    ]

    for chosen in itertools.permutations(partials, 3):
        result = combine(shared, summed, chosen)

        assert result.counts == ((3, 0, 2, 1),)
        assert result.to_dict(shared)["contests"] == [
            {"blank": 1, "counts": [3, 0, 2], "id": "contest"}
        ]


def test_too_few_trustees_open_nothing(shared: Manifest, keys: KeyCeremony, summed: Tally) -> None:
    one = partial_decryption(shared, summed, CLOSE, 1, keys.shares[0])

    for partials in ([one], [one, one, one]):
        with pytest.raises(CountRefused) as refused:
            combine(shared, summed, partials)
        assert refused.value.code is CountRefusalCode.TOO_FEW


def test_a_wrong_partial_decryption_is_refused_by_name(
    shared: Manifest, keys: KeyCeremony, summed: Tally
) -> None:
    right = partial_decryption(shared, summed, CLOSE, 2, keys.shares[1])
    wrong = partial_decryption(shared, summed, CLOSE, 2, keys.shares[1] + 1)
    borrowed = replace(partial_decryption(shared, summed, CLOSE, 1, keys.shares[0]), trustee=2)

    verify_partial(shared, summed, CLOSE, right)

    for partial in (wrong, borrowed):
        with pytest.raises(CountRefused) as refused:
            verify_partial(shared, summed, CLOSE, partial)
        assert (refused.value.code, refused.value.trustee) == (CountRefusalCode.PROOF, 2)


def test_tally_and_partials_are_read_back_strictly(
    shared: Manifest, keys: KeyCeremony, summed: Tally
) -> None:
    partial = partial_decryption(shared, summed, CLOSE, 4, keys.shares[3])

    written, shares = summed.to_dict(), partial.to_dict(shared)

    assert Tally.from_dict(written, shared) == summed
    assert PartialDecryption.from_dict(shares, shared, summed) == partial
    for broken in ({}, written | {"extra": 1}, written | {"contests": []}):
        with pytest.raises(CountRefused):
            Tally.from_dict(broken, shared)
    for broken in ({}, shares | {"trustee": 6}, shares | {"contests": []}):
        with pytest.raises(CountRefused):
            PartialDecryption.from_dict(broken, shared, summed)


def test_an_election_without_ballots_counts_to_nothing(shared: Manifest, keys: KeyCeremony) -> None:
    empty = tally.empty_tally(shared)
    partials = [partial_decryption(shared, empty, CLOSE, i, keys.shares[i - 1]) for i in (1, 2, 3)]

    for partial in partials:
        verify_partial(shared, empty, CLOSE, partial)

    assert combine(shared, empty, partials).counts == ((0, 0, 0, 0),)


@settings(max_examples=10)
@given(st.lists(st.sampled_from([[], ["c0"], ["c1"], ["c0", "c1"], None]), max_size=6))
def test_the_count_is_what_was_selected(chosen: list[list[str] | None]) -> None:
    manifest = make_manifest(contest(2, 0, 2, blank=True))
    _setup, share = server_key(server_secret(), "Server")
    ballots = [
        encrypt_ballot(manifest, RollEntry(f"voter-{n}"), {"contest": names}).ballot
        for n, names in enumerate(chosen)
    ]

    summed = tally.add_ballots(manifest, ballots)
    partial = partial_decryption(manifest, summed, CLOSE, 1, share)

    expected = [sum("c0" in (names or ()) for names in chosen)]
    expected += [sum("c1" in (names or ()) for names in chosen), chosen.count(None)]
    assert combine(manifest, summed, [partial]).counts == (tuple(expected),)


@given(st.integers(0, 3000), st.data())
def test_a_logarithm_is_found_up_to_the_limit(limit: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, limit))

    assert Logarithm(limit).solve(group.base(number)) == number


@pytest.mark.parametrize("number", [11, 12, 100, group.ORDER - 1])
def test_a_number_beyond_the_ballots_is_refused(number: int) -> None:
    with pytest.raises(CountRefused) as refused:
        Logarithm(10).solve(group.base(number))

    assert refused.value.code is CountRefusalCode.NO_NUMBER


def test_a_decryption_is_bound_to_the_close_of_its_board(
    shared: Manifest, keys: KeyCeremony, summed: Tally
) -> None:
    partial = partial_decryption(shared, summed, "0" * 64, 1, keys.shares[0])

    with pytest.raises(CountRefused):
        verify_partial(shared, summed, CLOSE, partial)


def test_a_contest_with_few_ballots_is_withheld_and_the_others_are_counted() -> None:
    manifest = make_manifest(
        contest(2, 1, 1, blank=False, name="all"),
        contest(2, 1, 1, blank=False, name="north", groups=("North",)),
        contest(2, 1, 1, blank=False, name="nobody", groups=("Nobody",)),
        least=2,
    )
    _setup, share = server_key(server_secret(), "Server")
    north, south = RollEntry("voter-1", "", "North"), RollEntry("voter-2", "", "South")
    ballots = [
        encrypt_ballot(manifest, north, {"all": ["c0"], "north": ["c1"]}).ballot,
        encrypt_ballot(manifest, south, {"all": ["c1"]}).ballot,
    ]
    summed = tally.add_ballots(manifest, ballots)
    partial = partial_decryption(manifest, summed, CLOSE, 1, share)

    verify_partial(manifest, summed, CLOSE, partial)
    result = combine(manifest, summed, [partial]).to_dict(manifest)

    assert [len(row) for row in partial.shares] == [2, 0, 2]
    assert [contest["counted"] for contest in summed.to_dict()["contests"]] == [2, 1, 0]
    assert [contest["counts"] for contest in result["contests"]] == [[1, 1], None, [0, 0]]
    assert Tally.from_dict(summed.to_dict(), manifest) == summed
    written = partial.to_dict(manifest)
    assert PartialDecryption.from_dict(written, manifest, summed) == partial
    everything = partial_decryption(replace(manifest, least=1), summed, CLOSE, 1, share).to_dict(
        manifest
    )
    with pytest.raises(CountRefused):
        PartialDecryption.from_dict(everything, manifest, summed)


def test_no_contest_is_counted_more_often_than_there_are_ballots(
    shared: Manifest, summed: Tally
) -> None:
    written = summed.to_dict()
    written["contests"][0]["counted"] = summed.counted + 1

    with pytest.raises(CountRefused):
        Tally.from_dict(written, shared)
