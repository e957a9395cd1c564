from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.voting.crypto.elections import contest, make_manifest
from voting.crypto import canonical
from voting.crypto.ballot import (
    BallotInvalid,
    BallotInvalidCode,
    ballot_from_dict,
    read_ballot,
    verify_ballot,
)
from voting.crypto.encryption import (
    Opening,
    SelectionRefusalCode,
    SelectionRefused,
    check_opening,
    encrypt_ballot,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from voting.crypto.manifest import Manifest

VOTER = "voter-1"


@pytest.mark.parametrize("chosen", [["c0"], ["c0", "c2"], None], ids=["one", "two", "blank"])
def test_an_encrypted_ballot_verifies_and_opens_to_the_selection(
    manifest: Manifest, chosen: list[str] | None
) -> None:
    made = encrypt_ballot(manifest, VOTER, {"contest": chosen})

    again = read_ballot(made.ballot.to_json())

    verify_ballot(manifest, VOTER, again)
    titles = [f"Choice {name[1:]}" for name in chosen or []]
    assert check_opening(manifest, again, made.opening) == {"contest": titles}
    assert Opening.from_json(made.opening.to_json()) == made.opening


@settings(max_examples=25)
@given(st.data())
def test_every_ballot_within_the_limits_verifies(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 4))
    high = data.draw(st.integers(1, size))
    low = data.draw(st.integers(0, high))
    manifest = make_manifest(contest(size, low, high, blank=data.draw(st.booleans())))
    count = data.draw(st.integers(low, high))
    chosen = data.draw(st.permutations([f"c{n}" for n in range(size)]))[:count]

    made = encrypt_ballot(manifest, VOTER, {"contest": chosen})

    verify_ballot(manifest, VOTER, made.ballot)


@pytest.mark.parametrize(
    ("selections", "code"),
    [
        ({"contest": []}, SelectionRefusalCode.TOO_FEW),
        ({"contest": ["c0", "c1", "c2"]}, SelectionRefusalCode.TOO_MANY),
        ({"contest": ["nobody"]}, SelectionRefusalCode.CHOICE),
        ({"contest": ["c0", "c0"]}, SelectionRefusalCode.CHOICE),
        ({}, SelectionRefusalCode.CONTESTS),
        ({"contest": ["c0"], "other": None}, SelectionRefusalCode.CONTESTS),
    ],
)
def test_a_selection_beyond_the_limits_is_refused(
    manifest: Manifest, selections: Any, code: SelectionRefusalCode
) -> None:
    with pytest.raises(SelectionRefused) as refused:
        encrypt_ballot(manifest, VOTER, selections)

    assert refused.value.code is code


def test_a_blank_answer_is_refused_where_it_is_not_offered() -> None:
    manifest = make_manifest(contest(3, 1, 1, blank=False))

    with pytest.raises(SelectionRefused) as refused:
        encrypt_ballot(manifest, VOTER, {"contest": None})

    assert refused.value.code is SelectionRefusalCode.NO_BLANK


def test_blank_and_a_choice_together_do_not_pass(manifest: Manifest) -> None:
    chosen = encrypt_ballot(manifest, VOTER, {"contest": ["c0"]}).ballot.to_dict()
    blank = encrypt_ballot(manifest, VOTER, {"contest": None}).ballot.to_dict()

    for part in ("ciphertexts", "proofs"):
        chosen["contests"][0][part][3] = blank["contests"][0][part][3]

    assert refusal(manifest, chosen) is BallotInvalidCode.SELECTION_PROOF


def test_a_ballot_of_another_election_or_voter_is_refused(manifest: Manifest) -> None:
    other = make_manifest(election="other-election")
    ballot = encrypt_ballot(manifest, VOTER, {"contest": ["c0"]}).ballot

    with pytest.raises(BallotInvalid) as elsewhere:
        verify_ballot(other, VOTER, ballot)
    with pytest.raises(BallotInvalid) as copied:
        verify_ballot(manifest, "voter-2", ballot)

    assert elsewhere.value.code is BallotInvalidCode.OTHER_ELECTION
    assert copied.value.code is BallotInvalidCode.OTHER_VOTER


def copy_to_another_voter(ballot: Any) -> None:
    ballot["credential"] = "voter-2"


def use_a_ciphertext_twice(ballot: Any) -> None:
    ballot["contests"][0]["ciphertexts"][1] = ballot["contests"][0]["ciphertexts"][0]


def swap_choices(ballot: Any) -> None:
    for part in ("ciphertexts", "proofs"):
        row = ballot["contests"][0][part]
        row[0], row[1] = row[1], row[0]


def swap_proofs(ballot: Any) -> None:
    row = ballot["contests"][0]["proofs"]
    row[0], row[1] = row[1], row[0]


def shorten_the_sum(ballot: Any) -> None:
    del ballot["contests"][0]["sum"][-2:]


def turn_the_sum(ballot: Any) -> None:
    row = ballot["contests"][0]["sum"]
    row[0], row[2] = row[2], row[0]


def drop_a_choice(ballot: Any) -> None:
    for part in ("ciphertexts", "proofs"):
        del ballot["contests"][0][part][-1]


def double_the_contest(ballot: Any) -> None:
    ballot["contests"] *= 2


def put_the_identity(ballot: Any) -> None:
    ballot["contests"][0]["ciphertexts"][0][1] = "0" * 64


def put_no_point(ballot: Any) -> None:
    ballot["contests"][0]["ciphertexts"][0][0] = "ff" * 32


def put_a_large_scalar(ballot: Any) -> None:
    ballot["contests"][0]["proofs"][0][1] = "ff" * 32


def add_a_key(ballot: Any) -> None:
    ballot["note"] = "hello"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (copy_to_another_voter, BallotInvalidCode.SELECTION_PROOF),
        (use_a_ciphertext_twice, BallotInvalidCode.DUPLICATE_CIPHERTEXT),
        (swap_choices, BallotInvalidCode.SELECTION_PROOF),
        (swap_proofs, BallotInvalidCode.SELECTION_PROOF),
        (shorten_the_sum, BallotInvalidCode.SUM_PROOF),
        (turn_the_sum, BallotInvalidCode.SUM_PROOF),
        (drop_a_choice, BallotInvalidCode.CONTESTS),
        (double_the_contest, BallotInvalidCode.CONTESTS),
        (put_the_identity, BallotInvalidCode.ENCODING),
        (put_no_point, BallotInvalidCode.ENCODING),
        (put_a_large_scalar, BallotInvalidCode.ENCODING),
        (add_a_key, BallotInvalidCode.FORM),
    ],
)
def test_a_changed_ballot_is_refused(
    manifest: Manifest, change: Callable[[Any], None], code: BallotInvalidCode
) -> None:
    ballot = encrypt_ballot(manifest, VOTER, {"contest": ["c0", "c2"]}).ballot.to_dict()

    change(ballot)

    assert refusal(manifest, ballot) is code


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"null", b'{"a":1}', b"\xff", b'{"contests":[]}', b"[" * 9999]
)
def test_what_is_no_ballot_is_refused(data: bytes) -> None:
    with pytest.raises(BallotInvalid) as refused:
        read_ballot(data)

    assert refused.value.code is BallotInvalidCode.FORM


def test_a_ballot_with_white_space_is_refused(manifest: Manifest) -> None:
    ballot = encrypt_ballot(manifest, VOTER, {"contest": ["c0"]}).ballot

    with pytest.raises(BallotInvalid):
        read_ballot(json.dumps(ballot.to_dict()).encode())


@settings(max_examples=60)
@given(st.data())
def test_no_single_changed_value_goes_unnoticed(data: st.DataObject) -> None:
    manifest = make_manifest(contest(2, 0, 1, blank=False))
    ballot = encrypt_ballot(manifest, VOTER, {"contest": ["c1"]}).ballot.to_dict()
    holder: Any = ballot
    key: Any = data.draw(st.sampled_from(sorted(holder)))
    while isinstance(holder[key], list | dict):
        holder = holder[key]
        keys = sorted(holder) if isinstance(holder, dict) else range(len(holder))
        key = data.draw(st.sampled_from(keys))
    place = data.draw(st.integers(0, len(holder[key]) - 1))
    letter = "0" if holder[key][place] != "0" else "1"
    holder[key] = holder[key][:place] + letter + holder[key][place + 1 :]

    with pytest.raises(BallotInvalid):
        verify_ballot(manifest, VOTER, read_ballot(canonical.encode(ballot)))


def test_an_opening_that_claims_another_choice_is_refused(manifest: Manifest) -> None:
    made = encrypt_ballot(manifest, VOTER, {"contest": ["c0"]})
    value = json.loads(made.opening.to_json())
    value["contests"][0]["selections"] = [0, 1, 0, 0]

    with pytest.raises(SelectionRefused):
        check_opening(manifest, made.ballot, Opening.from_json(canonical.encode(value)))


def refusal(manifest: Manifest, value: Any) -> BallotInvalidCode:
    """Why the ballot is refused, by whoever it names as its voter."""
    with pytest.raises(BallotInvalid) as refused:
        verify_ballot(manifest, value["credential"], ballot_from_dict(value))
    return refused.value.code
