from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.voting.crypto.elections import contest, make_manifest
from voting.crypto import canonical
from voting.crypto.encryption import encrypt_ballot
from voting.crypto.opening import (
    Opening,
    SelectionRefused,
    check_opening,
    encrypt_bits,
    new_ballot_seed,
)
from voting.crypto.roll import RollEntry
from voting.crypto.tracker import tracker_of

if TYPE_CHECKING:
    from voting.crypto.manifest import Manifest

VOTER = RollEntry("voter-1")


@pytest.fixture(scope="module")
def two() -> Manifest:
    return make_manifest(
        contest(2, 0, 2, blank=False, name="first"), contest(2, 1, 1, blank=True, name="second")
    )


@pytest.fixture(scope="module")
def opened(two: Manifest) -> Opening:
    return encrypt_ballot(two, VOTER, {"first": ["c0", "c1"], "second": None}).opening


def test_an_opening_is_read_back_and_says_what_was_selected(two: Manifest, opened: Opening) -> None:
    again = Opening.from_json(opened.to_json())

    assert again == opened
    assert check_opening(two, again) == {"first": ["c0", "c1"], "second": []}


def test_an_opening_is_small_enough_for_one_code_that_a_telephone_reads(opened: Opening) -> None:
    assert len(opened.to_json()) < 600


@settings(max_examples=30)
@given(st.data())
def test_no_other_selection_has_the_same_tracker(data: st.DataObject) -> None:
    manifest = make_manifest(contest(3, 0, 3, blank=True))
    chosen = data.draw(st.sampled_from([[], ["c0"], ["c1", "c2"], None]))
    opening = encrypt_ballot(manifest, VOTER, {"contest": chosen}).opening
    bits = data.draw(st.tuples(*[st.integers(0, 1)] * 4))
    claimed = replace(opening, selections=(("contest", bits),))

    if claimed == opening:
        assert check_opening(manifest, claimed)
    else:
        with pytest.raises(SelectionRefused):
            check_opening(manifest, claimed)


@pytest.mark.parametrize(
    "change",
    [
        {"seed": bytes(32)},
        {"tracker": "0" * 64},
        {"credential": "voter-2"},
        {"election": "0" * 64},
        {"selections": ()},
        {"selections": (("first", (1, 1)),)},
        {"selections": (("second", (0, 0, 1)), ("first", (1, 1)))},
        {"selections": (("first", (1, 1)), ("first", (1, 1)))},
        {"selections": (("first", (1, 1)), ("third", (0, 0, 1)))},
        {"selections": (("first", (1, 1)), ("second", (0, 0)))},
        {"selections": (("first", (1, 1)), ("second", (1, 0, 1)))},
    ],
)
def test_an_opening_of_something_else_is_refused(
    two: Manifest, opened: Opening, change: dict[str, object]
) -> None:
    with pytest.raises(SelectionRefused):
        check_opening(two, replace(opened, **change))  # type: ignore[arg-type]


def test_selections_that_are_not_allowed_are_refused_though_the_tracker_fits() -> None:
    manifest = make_manifest(contest(2, 0, 1, blank=False))
    seed, both = new_ballot_seed(), (1, 1)
    items = encrypt_bits(seed, manifest, "voter-1", manifest.contests[0], both)
    tracker = tracker_of(manifest.fingerprint, "voter-1", [("contest", items)])

    with pytest.raises(SelectionRefused):
        check_opening(
            manifest,
            Opening(manifest.fingerprint, "voter-1", seed, (("contest", both),), tracker),
        )


@pytest.mark.parametrize(
    "change",
    [
        {"format": "facevote-opening-1"},
        {"credential": "A"},
        {"seed": "00"},
        {"tracker": None},
        {"selections": [["first", "012"]]},
        {"selections": [["first", [0, 1]]]},
        {"selections": [["first"]]},
        {"selections": {}},
        {"more": 1},
    ],
)
def test_an_opening_that_is_not_in_its_form_is_refused(
    opened: Opening, change: dict[str, object]
) -> None:
    value = json.loads(opened.to_json()) | change

    with pytest.raises(SelectionRefused):
        Opening.from_json(canonical.encode(value))


def test_one_seed_hides_differently_for_each_voter_and_each_position(two: Manifest) -> None:
    seed = new_ballot_seed()
    ballots = [
        encrypt_ballot(two, RollEntry(name), {"first": [], "second": ["c0"]}, seed=seed).ballot
        for name in ("voter-1", "voter-2")
    ]

    alphas = [alpha for ballot in ballots for alpha in ballot.alphas()]

    assert len(set(alphas)) == len(alphas) == 10
