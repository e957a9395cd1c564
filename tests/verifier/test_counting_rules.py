"""Section 6: sums, decryptions and results that are not what they must be."""

from __future__ import annotations

import pytest

from tests.verifier.found import named, problems
from tests.verifier.maker import Maker
from tests.verifier.shapes import Shape
from verifier.rules.group import base


def at(*path):
    *way, last, value = path

    def edit(body):
        holder = body
        for key in way:
            holder = holder[key]
        holder[last] = value

    return edit


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (at("ballots", 4), "the close has others"),
        (at("counted", 2), "the close has others"),
        (at("counted", True), "the close has others"),
    ],
)
def test_a_close_with_other_numbers_is_named(edit, words):
    made = Maker().voted()
    made.close(edit)

    named(made, words)


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (at("counted", 4), "a wrong number of ballots"),
        (at("contests", 0, "counted", 2), "wrong number of ballots of a contest"),
        (at("contests", 0, "id", "c2"), "contests are not those"),
        (lambda body: body["contests"].pop(), "not 2 to 2 items"),
        (lambda body: body["contests"][0]["sums"].pop(), "not 3 to 3 items"),
        (at("contests", 0, "sums", 0, 0, base(5).hex()), "not the sums of the counted ballots"),
        (at("contests", 1, "sums", 1, 1, base(5).hex()), "not the sums of the counted ballots"),
    ],
)
def test_a_tally_that_is_wrong_is_named(edit, words):
    made = Maker().closed()
    made.tally(edit)

    named(made, words)


def test_a_superseded_ballot_in_the_sums_is_named():
    made = Maker(Shape(revote=True)).voted()
    voter = made.voters[0]
    first = made.last[voter.credential]
    made.cast(voter, {"c1": "001", "c2": "01"})
    made.close()
    made.last[voter.credential] = first
    made.tally()

    named(made, "not the sums of the counted ballots")


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (at("trustee", 2), "wrong decryption"),
        (at("trustee", 4), "out of its range"),
        (at("contests", 0, "shares", 1, 0, base(5).hex()), "position 1: wrong decryption"),
        (at("contests", 0, "shares", []), "not 3 to 3 items"),
        (lambda body: body["contests"][0]["shares"][0].append("00" * 32), "not 3 to 3 items"),
        (lambda body: body["contests"].pop(), "not 2 to 2 items"),
    ],
)
def test_a_decryption_that_is_wrong_is_named(edit, words):
    made = Maker().tallied()
    made.decrypt(1, edit)

    named(made, words)


def test_a_decryption_for_another_close_is_named():
    made = Maker().tallied()
    made.close_hash = "ab" * 32
    made.decrypt(1)

    named(made, "wrong decryption")


def test_a_trustee_decrypts_once():
    made = Maker().tallied()
    made.decrypt(1)
    made.decrypt(1)

    named(made, "trustee 1 decrypts twice")


@pytest.mark.parametrize(
    ("chosen", "edit", "words"),
    [
        ([1, 2], at("contests", 0, "counts", 0, 2), "2 is not the sum"),
        ([1, 2], at("contests", 0, "blank", 0), "0 is not the sum"),
        ([1, 2], at("contests", 0, "blank", None), "a wrong contest"),
        ([1, 2], at("contests", 1, "blank", 0), "a wrong contest"),
        ([1, 2], at("contests", 1, "counts", 0, True), "out of its range"),
        ([1, 2], at("contests", 1, "counts", 0, 4), "out of its range"),
        ([1, 2], lambda body: body["contests"][1]["counts"].pop(), "not 2 to 2 items"),
        ([1, 2], at("counted", 2), "a wrong number of ballots"),
        ([1, 2], at("trustees", [2, 1]), "the trustees are not sorted"),
        ([1, 2], at("trustees", [1, 1]), "one trustee twice"),
        ([1, 2], at("trustees", [1, 3]), "not all have decrypted"),
        ([1, 2], at("trustees", [1]), "not 2 to 2 items"),
    ],
)
def test_a_result_that_is_wrong_is_named(chosen, edit, words):
    made = Maker().tallied()
    for index in chosen:
        made.decrypt(index)
    made.result(chosen, edit)

    named(made, words)


def test_a_result_before_enough_trustees_have_decrypted_is_named():
    made = Maker().tallied()
    made.decrypt(1)
    made.result([1, 2])

    named(made, "not all have decrypted")


SMALL = Shape(groups=(("a",), ()), voters=("a", "", "b"), least=2)


def test_a_contest_with_too_few_ballots_is_withheld():
    made = Maker(SMALL).finished()

    assert problems(made.file, finished=True) == []


def test_the_decryption_of_a_withheld_contest_is_named():
    made = Maker(SMALL).tallied()
    shares = made.shares("c1", 1, withheld=True)
    made.decrypt(1, at("contests", 0, "shares", shares))

    named(made, "not 0 to 0 items")


def test_the_numbers_of_a_withheld_contest_are_named():
    made = Maker(SMALL).tallied()
    made.decrypt(1)
    made.decrypt(2)
    made.result([1, 2], at("contests", 0, "counts", [0, 0]))

    named(made, "numbers of a contest that is withheld")


def test_a_contest_without_a_ballot_is_not_withheld():
    made = Maker(Shape(groups=(("a",), ()), voters=("b", "b"), least=2)).finished()

    assert problems(made.file, finished=True) == []


def test_a_contest_is_not_withheld_from_least_on():
    def hidden(body):
        body["contests"][0] |= {"counts": None, "blank": None}

    made = Maker(Shape(least=3)).tallied()
    made.decrypt(1)
    made.decrypt(2)
    made.result([1, 2], hidden)

    named(made, "a wrong contest")
