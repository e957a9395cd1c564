"""Each rule of section 4: a ballot that breaks it is named."""

from __future__ import annotations

import copy

import pytest

from tests.verifier.found import named, problems
from tests.verifier.made_ballots import tracker_of
from tests.verifier.maker import Maker
from tests.verifier.shapes import Shape
from verifier.rules.group import base, random_scalar, write_scalar
from verifier.rules.proofs import sign
from verifier.rules.strict import sha

ZERO = "0" * 64


def board_with(edit, shape=None):
    """A board with one ballot that `edit` spoils; tracker and registrars' signatures follow."""
    made = Maker(shape).opened()
    voter = made.voters[0]
    ballot = made.ballot(voter, made.choice(voter, 0))
    edit(ballot)
    made.put(voter, ballot)
    return made


def test_a_ballot_in_which_all_holds_is_not_named():
    assert problems(board_with(lambda ballot: None).file) == []


def test_an_object_whose_keys_are_the_two_points_is_no_ciphertext():
    def as_object(ballot):
        rows = [answer["ciphertexts"] for answer in ballot["contests"]]
        places = [(row, n) for row in rows for n, (alpha, beta) in enumerate(row) if alpha < beta]
        for row, number in places:
            alpha, beta = row[number]
            row[number] = {alpha: 0, beta: 0}

    # Half of all ciphertexts have their points in the order in which keys are sorted.
    made = Maker(Shape(registrars=0, voters=("",) * 8)).opened()
    for voter in made.voters:
        ballot = made.ballot(voter, made.choice(voter, 0))
        as_object(ballot)
        made.put(voter, ballot)

    assert any("not a list" in problem for problem in problems(made.file))


def place(*path):
    *way, last, value = path

    def edit(ballot):
        holder = ballot
        for key in way:
            holder = holder[key]
        holder[last] = value

    return edit


FIRST = ("contests", 0)
RULES = {
    "another format": (place("format", "facevote-ballot-1"), "another election"),
    "another election": (place("election", "ab" * 32), "another election"),
    "one key more": (place("extra", 1), "needs the keys"),
    "a stranger": (place("credential", base(5).hex()), "not on the roll"),
    "a contest less": (lambda ballot: ballot["contests"].pop(), "not 2 to 2 items"),
    "other contests": (lambda ballot: ballot["contests"].reverse(), "not those of the voter"),
    "a contest's keys": (place(*FIRST, "extra", 1), "needs the keys"),
    "a ciphertext less": (lambda b: b["contests"][0]["ciphertexts"].pop(), "not 3 to 3 items"),
    "an alpha that is the identity": (place(*FIRST, "ciphertexts", 0, 0, ZERO), "the identity"),
    "a beta that is the identity": (place(*FIRST, "ciphertexts", 0, 1, ZERO), "the identity"),
    "a point that is none": (
        place(*FIRST, "ciphertexts", 0, 1, "01" + "00" * 31),
        "not a canonical point",
    ),
    "a proof less": (lambda b: b["contests"][0]["proofs"].pop(), "not 3 to 3 items"),
    "a long proof": (lambda b: b["contests"][0]["proofs"][0].append(ZERO), "not 4 to 4 items"),
    "a long sum": (lambda b: b["contests"][0]["sum"].append(ZERO), "not 4 to 4 items"),
    "another selection proof": (
        place(*FIRST, "proofs", 2, 1, write_scalar(5)),
        "position 2: the proof facevote-2/selection does not hold",
    ),
    "another sum proof": (
        place(*FIRST, "sum", 1, write_scalar(5)),
        "position 3: the proof facevote-2/sum does not hold",
    ),
    "no signature": (place("signatures", []), "not 1 to 1 items"),
    "another signature": (
        place("signatures", 0, 0, write_scalar(5)),
        "facevote-2/ballot-signature does not hold",
    ),
}


@pytest.mark.parametrize(("edit", "words"), RULES.values(), ids=RULES)
def test_a_ballot_that_breaks_a_rule_is_named(edit, words):
    named(board_with(edit), words)


@pytest.mark.parametrize(
    ("selections", "words"),
    [
        ({"c1": "110", "c2": "10"}, "sum does not hold"),
        ({"c1": "000", "c2": "10"}, "sum does not hold"),
        ({"c1": "101", "c2": "10"}, "sum does not hold"),
        ({"c1": "100", "c2": "11"}, "sum does not hold"),
        ({"c1": "200", "c2": "10"}, "selection does not hold"),
    ],
)
def test_an_answer_that_is_not_allowed_is_named(selections, words):
    """A forger writes the proofs as well as they can be written."""
    made = Maker().opened()
    made.cast(made.voters[0], selections)

    named(made, words)


def test_a_ballot_that_is_moved_to_another_voter_is_named():
    made = Maker(Shape(registrars=0)).opened()
    first, second = made.voters[:2]
    ballot = made.ballot(first, made.choice(first, 0)) | {"credential": second.credential}
    made.put(second, ballot)

    named(made, "selection does not hold")


def test_a_ballot_without_the_voters_code_is_named():
    """The server stuffs the box: it knows the point, and no code."""
    for registrars in (1, 2):
        made = Maker(Shape(registrars=registrars)).opened()
        voter = made.voters[0]
        ballot = made.ballot(voter, made.choice(voter, 0))
        unsigned = ballot | {"signatures": []}
        stolen = sign(random_scalar(), "facevote-2/ballot-signature", bytes(64), sha(unsigned))
        ballot["signatures"][-1] = stolen
        made.put(voter, ballot)

        named(made, "ballot-signature does not hold")


def test_proofs_that_were_changed_after_signing_are_named():
    """The tracker does not cover the proofs; the voter's signature does."""
    made = Maker().opened()
    voter = made.voters[0]
    one, other = (made.ballot(voter, made.choice(voter, 0)) for _ in range(2))
    one["signatures"] = other["signatures"]
    made.put(voter, one)

    named(made, "ballot-signature does not hold")


def test_a_tracker_that_is_not_the_ballots_is_named():
    made = Maker().opened()
    voter = made.voters[0]
    made.cast(voter, made.choice(voter, 0), lambda body: body.update(tracker="ab" * 32))

    named(made, "the tracker is not the ballot's")


def test_the_tracker_names_ciphertexts_credential_and_election_only():
    made = Maker().opened()
    ballot = made.ballot(made.voters[0], made.choice(made.voters[0], 0))
    other = copy.deepcopy(ballot)
    other["contests"][0]["sum"][0] = ZERO
    other["signatures"] = []

    assert tracker_of(other) == tracker_of(ballot)
    assert tracker_of(ballot | {"credential": "x"}) != tracker_of(ballot)


def test_a_second_ballot_of_one_voter_is_named():
    made = Maker().voted()
    made.cast(made.voters[0], made.choice(made.voters[0], 1))

    named(made, "a second ballot of one voter")


@pytest.mark.parametrize("supersedes", [None, "ab" * 32])
def test_a_ballot_that_supersedes_another_than_the_voters_last_is_named(supersedes):
    made = Maker(Shape(revote=True)).voted()
    again = made.voters[0]
    made.cast(again, made.choice(again, 1), lambda body: body.update(supersedes=supersedes))

    named(made, "supersedes another ballot")


def test_a_ballot_that_is_cast_twice_is_named():
    made = Maker(Shape(revote=True)).opened()
    voter = made.voters[0]
    ballot = made.ballot(voter, made.choice(voter, 0))
    made.put(voter, ballot)
    made.put(voter, ballot)

    named(made, "cast or opened before")


def test_a_ballot_that_was_opened_can_not_be_cast_nor_opened_again():
    made = Maker().opened()
    voter = made.voters[0]
    ballot = made.ballot(voter, made.choice(voter, 0))
    made.spoil(tracker_of(ballot))
    made.spoil(tracker_of(ballot))
    made.put(voter, ballot)

    found = named(made, "cast or opened before")
    assert len(found) == 2


def test_a_ballot_that_was_cast_can_not_be_opened():
    made = Maker().voted()
    made.spoil(made.trackers[made.voters[0].credential])

    named(made, "cast or opened before")


def test_a_ciphertext_that_was_used_before_is_named():
    made = Maker(Shape(revote=True)).opened()
    voter = made.voters[0]
    ballot = made.ballot(voter, made.choice(voter, 0))
    made.put(voter, ballot)
    again = made.ballot(voter, made.choice(voter, 0))
    again["contests"][0]["ciphertexts"][0][0] = ballot["contests"][0]["ciphertexts"][1][0]
    made.put(voter, again)

    named(made, "a ciphertext that was used before")


def test_a_voter_has_the_contests_of_the_own_group():
    shape = Shape(groups=(("a",), ()), voters=("a", "b"))
    made = Maker(shape).opened()
    outsider = made.voters[1]
    made.cast(outsider, {"c1": "100", "c2": "10"})

    named(made, "not 1 to 1 items")


def test_a_voter_whose_group_votes_in_no_contest_casts_nothing():
    made = Maker(Shape(groups=(("a",), ("a",)), voters=("a", "b"))).opened()
    made.cast(made.voters[1], {})

    named(made, "votes in no contest")
