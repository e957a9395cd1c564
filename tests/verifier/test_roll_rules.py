"""The roll of section 3 and its changes of section 7: each broken rule is named."""

from __future__ import annotations

import pytest

from tests.verifier.found import named, old_board, problems
from tests.verifier.maker import Maker
from tests.verifier.shapes import Shape, nothing
from verifier.rules.strict import dump, sha256


def row(*place):
    *way, last, value = place

    def edit(roll):
        holder = roll
        for key in way:
            holder = holder[key]
        holder[last] = value

    return edit


OPENING = {
    "not sorted": (lambda roll: roll.reverse(), "not sorted"),
    "somebody twice": (lambda roll: roll.insert(0, roll[0]), "twice on it"),
    "a credential that is no point": (row(0, 0, "0" * 62 + "x0"), "not of the form"),
    "a long alias": (row(0, 1, "x" * 201), "1 to 200 characters"),
    "an alias with a control character": (row(0, 1, "a\tb"), "no text"),
    "a long group": (row(0, 2, "x" * 101), "1 to 100 characters"),
    "a point of a registrar that is not there": (row(0, 3, ["ab" * 32]), "not 0 to 0 items"),
    "a row that is too short": (lambda roll: roll[0].pop(), "not 4 to 4 items"),
}


@pytest.mark.parametrize(("edit", "words"), OPENING.values(), ids=OPENING)
def test_an_opening_roll_that_breaks_a_rule_is_named(edit, words):
    named(Maker(Shape(edit_roll=edit)).open(), words)


def test_an_alias_on_a_board_that_shows_none_is_named():
    def hide(manifest):
        manifest["voters"] = "hidden"

    named(Maker(Shape(edit_manifest=hide)).open(), "shows an alias")


def test_one_point_for_two_voters_is_named():
    def edit(roll):
        roll[1][3] = list(roll[0][3])

    def within(roll):
        roll[0][3] = [roll[0][0]]

    named(Maker(Shape(registrars=2, edit_roll=edit)).open(), "point that was used before")
    named(Maker(Shape(registrars=2, edit_roll=within)).open(), "one point twice")


def changed(edit=nothing, added=1, removed=1, registrars=1):
    made = Maker(Shape(registrars=registrars)).opened()
    new = [made.voter(f"new-{n}") for n in range(added)]
    made.change_roll(new, made.voters[:removed], edit)
    return made


def body(name, value):
    def edit(body):
        body[name] = value

    return edit


CHANGES = {
    "no officials": (body("approved_by", []), "not 2 to 2 items"),
    "one official twice": (body("approved_by", ["a", "A"]), "two different officials"),
    "the same official in another form": (body("approved_by", ["A", "\uff21"]), "two different"),
    "officials not sorted": (body("approved_by", ["b", "a"]), "officials are not sorted"),
    "an official who is a number": (body("approved_by", [1, 2]), "not a text"),
    "officials in one text": (body("approved_by", "ab"), "not a list"),
    "an invisible official": (body("approved_by", ["a", "a\u200b"]), "shows nothing"),
    "another hash": (body("roll", "ab" * 32), "the roll has another hash"),
    "no signatures": (body("signatures", []), "not 1 to 1 items"),
    "another signature": (
        body("signatures", [["00" * 32, "00" * 32]]),
        "facevote-2/registrar-change does not hold",
    ),
    "removed as an object": (lambda body: body.update(remove={body["remove"][0]: 0}), "a list"),
    "removed twice": (lambda body: body["remove"].append(body["remove"][0]), "repeats"),
}


@pytest.mark.parametrize(("edit", "words"), CHANGES.values(), ids=CHANGES)
def test_a_roll_change_that_breaks_a_rule_is_named(edit, words):
    named(changed(edit), words)


def test_a_change_of_nothing_is_named():
    named(changed(added=0, removed=0), "a change of nothing")


def test_only_additions_are_signed():
    signed = body("signatures", [["00" * 32, "00" * 32]])

    assert problems(changed(added=0).file) == []
    named(changed(signed, added=0), "not 0 to 0 items")


def test_each_of_two_registrars_signs():
    def swap(body):
        body["signatures"].reverse()

    assert problems(changed(registrars=2).file) == []
    named(changed(swap, registrars=2), "registrar-change does not hold")


def test_rows_that_are_added_must_be_sorted():
    named(changed(lambda body: body["add"].reverse(), added=3), "not sorted")


def test_who_is_not_on_the_roll_can_not_be_removed():
    made = Maker().opened()
    made.change_roll([made.voter("new")], [made.voter("stranger")])

    named(made, "not on the roll")


def test_who_has_cast_a_ballot_can_not_be_removed():
    made = Maker().voted()
    made.change_roll([], [made.voters[0]])

    named(made, "has cast a ballot")


def test_a_credential_that_was_removed_never_comes_back():
    made = Maker().opened()
    voter = made.voters[0]
    made.change_roll([], [voter])
    made.change_roll([voter], [])

    named(made, "was used before")


def test_a_second_point_that_was_removed_never_comes_back():
    made = Maker(Shape(registrars=2)).opened()
    lost, new = made.voters[0], made.voter("new")
    new.secrets[1] = lost.secrets[1]
    made.change_roll([new], [lost])

    named(made, "was used before")


def test_the_roll_does_not_change_after_the_close():
    made = Maker().closed()
    made.change_roll([made.voter("new")], [])

    named(made, "roll may not come after close")


OLD = {
    "one official twice": {"approved_by": ["o", "O"]},
    "officials in one text": {"approved_by": "ab"},
    "true and 2": {"approved_by": [True, 2]},
    "a normal form": {"approved_by": ["é", "e\u0301"]},
    "added as an object": {"add": {"ab": 1}},
    "a long alias": {"add": [["z", "x" * 201]]},
    "an alias of control characters": {"add": [["z", "\x07"]]},
    "removed as a text": {"remove": "z"},
    "not sorted": {"add": [["z", ""], ["a", ""]]},
    "nothing": {"add": []},
}


@pytest.mark.parametrize("change", OLD.values(), ids=OLD)
def test_in_format_1_a_change_that_breaks_a_rule_is_named(change):
    def edit(events, part=change):
        roll = sorted([*events[0]["body"]["roll"], ["z", ""]])
        whole = {"add": [["z", ""]], "approved_by": ["two", "one"], "remove": []}
        whole["roll"] = sha256(dump({"format": "facevote-roll-1", "voters": roll}))
        body = whole | part
        events[:] = [events[0], {**events[0], "kind": "roll", "body": body}]

    assert problems(old_board(lambda events: edit(events, {}))) == []
    found = problems(old_board(edit))
    assert found
    assert "another hash" not in found[0]
