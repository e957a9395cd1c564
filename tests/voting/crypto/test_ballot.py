from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.voting.crypto.elections import contest, make_manifest
from voting.crypto import canonical, group
from voting.crypto.ballot import (
    Ballot,
    BallotInvalid,
    BallotInvalidCode,
    ballot_from_dict,
    read_ballot,
    verify_ballot,
)
from voting.crypto.board.chain import BoardEventKind
from voting.crypto.encryption import encrypt_ballot
from voting.crypto.opening import SelectionRefusalCode, SelectionRefused, check_opening
from voting.crypto.roll import RollEntry
from voting.trials.simulation import Shape, SimulatedElection, simulate

if TYPE_CHECKING:
    from collections.abc import Callable

    from voting.crypto.manifest import Manifest

VOTER, OTHER = RollEntry("voter-1"), RollEntry("voter-2")


@pytest.mark.parametrize("chosen", [["c0"], ["c0", "c2"], None], ids=["one", "two", "blank"])
def test_an_encrypted_ballot_verifies_and_opens_to_the_selection(
    manifest: Manifest, chosen: list[str] | None
) -> None:
    made = encrypt_ballot(manifest, VOTER, {"contest": chosen})

    again = read_ballot(made.ballot.to_json())

    verify_ballot(manifest, VOTER, again)
    assert check_opening(manifest, made.opening) == {"contest": chosen or []}
    assert (again, again.tracker) == (made.ballot, made.opening.tracker)


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
        verify_ballot(manifest, OTHER, ballot)

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


def sign_for_nobody(ballot: Any) -> None:
    ballot["signatures"] = {}


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
        (sign_for_nobody, BallotInvalidCode.FORM),
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
    # Without registrars there is no signature whose digits could change.
    key: Any = data.draw(st.sampled_from(sorted(holder.keys() - {"signatures"})))
    while isinstance(holder[key], list | dict):
        holder = holder[key]
        keys = sorted(holder) if isinstance(holder, dict) else range(len(holder))
        key = data.draw(st.sampled_from(keys))
    place = data.draw(st.integers(0, len(holder[key]) - 1))
    letter = "0" if holder[key][place] != "0" else "1"
    holder[key] = holder[key][:place] + letter + holder[key][place + 1 :]

    with pytest.raises(BallotInvalid):
        verify_ballot(manifest, VOTER, read_ballot(canonical.encode(ballot)))


def test_a_ballot_has_the_contests_of_its_voters_group() -> None:
    manifest = make_manifest(
        contest(2, 1, 1, blank=False, name="all"),
        contest(2, 1, 1, blank=False, name="north", groups=("North", "West")),
    )
    north, south = RollEntry("voter-1", "", "North"), RollEntry("voter-1", "", "South")
    both = encrypt_ballot(manifest, north, {"all": ["c0"], "north": ["c1"]}).ballot
    one = encrypt_ballot(manifest, south, {"all": ["c0"]}).ballot

    verify_ballot(manifest, north, both)
    verify_ballot(manifest, south, one)

    for voter, ballot in ((south, both), (north, one)):
        with pytest.raises(BallotInvalid) as refused:
            verify_ballot(manifest, voter, ballot)
        assert refused.value.code is BallotInvalidCode.CONTESTS


def test_a_voter_without_any_contest_has_no_ballot() -> None:
    manifest = make_manifest(contest(2, 1, 1, blank=False, groups=("North",)))
    empty = Ballot(manifest.fingerprint, VOTER.credential, ())

    with pytest.raises(SelectionRefused):
        encrypt_ballot(manifest, VOTER, {})
    with pytest.raises(BallotInvalid) as refused:
        verify_ballot(manifest, VOTER, empty)
    assert refused.value.code is BallotInvalidCode.CONTESTS


@pytest.fixture(scope="module")
def signed() -> SimulatedElection:
    return simulate(Shape(voters=2, registrars=2))


def test_a_ballot_is_signed_under_every_registrars_point(signed: SimulatedElection) -> None:
    voter, other = signed.roll
    secrets = [registrar.voter_secret("000000") for registrar in signed.registrars]
    others = [registrar.voter_secret("000001") for registrar in signed.registrars]
    if group.base(secrets[0]).hex() != voter.credential:
        secrets, others = others, secrets
    chosen = {"contest": ["choice-0"]}
    ballot = encrypt_ballot(signed.manifest, voter, chosen, secrets=secrets).ballot

    verify_ballot(signed.manifest, voter, ballot)

    for wrong in ([], secrets[:1], secrets[::-1], [secrets[0], others[1]], others, [*secrets, 1]):
        unsigned = encrypt_ballot(signed.manifest, voter, chosen, secrets=wrong).ballot
        with pytest.raises(BallotInvalid) as refused:
            verify_ballot(signed.manifest, voter, unsigned)
        assert refused.value.code is BallotInvalidCode.SIGNATURE
    with pytest.raises(BallotInvalid):
        verify_ballot(signed.manifest, other, replace(ballot, credential=other.credential))


def test_a_signature_covers_the_proofs_too(signed: SimulatedElection) -> None:
    event = next(e for e in signed.events if e.kind is BoardEventKind.BALLOT)
    ballot = ballot_from_dict(event.body["ballot"])
    voter = next(entry for entry in signed.roll if entry.credential == ballot.credential)
    (answer,) = ballot.contests
    changed = replace(answer, proofs=(*answer.proofs[1:], answer.proofs[0]))

    with pytest.raises(BallotInvalid) as refused:
        verify_ballot(signed.manifest, voter, replace(ballot, contests=(changed,)))

    assert refused.value.code is BallotInvalidCode.SIGNATURE


def test_without_registrars_a_ballot_has_no_signature(manifest: Manifest) -> None:
    ballot = encrypt_ballot(manifest, VOTER, {"contest": ["c0"]}, secrets=[5]).ballot

    with pytest.raises(BallotInvalid) as refused:
        verify_ballot(manifest, VOTER, ballot)

    assert refused.value.code is BallotInvalidCode.SIGNATURE


def test_a_tracker_names_the_ciphertexts_and_not_the_proofs(manifest: Manifest) -> None:
    seed = bytes(range(32))
    first, second = (
        encrypt_ballot(manifest, VOTER, {"contest": ["c0"]}, seed=seed).ballot for _ in range(2)
    )

    assert first.tracker == second.tracker
    assert first.contests[0].ciphertexts == second.contests[0].ciphertexts
    assert first.contests[0].proofs != second.contests[0].proofs


def refusal(manifest: Manifest, value: Any) -> BallotInvalidCode:
    """Why the ballot is refused, by whoever it names as its voter."""
    with pytest.raises(BallotInvalid) as refused:
        verify_ballot(manifest, RollEntry(value["credential"]), ballot_from_dict(value))
    return refused.value.code
