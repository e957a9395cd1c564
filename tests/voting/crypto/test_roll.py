from __future__ import annotations

import pytest

from tests.voting.crypto.elections import ROLL
from voting.crypto import group
from voting.crypto.roll import (
    RollEntry,
    RollInvalidError,
    changed_roll,
    roll_from_list,
    roll_hash,
    roll_to_list,
)

POINTS = sorted(group.base(number).hex() for number in range(1, 6))


def test_a_roll_has_one_order_and_one_hash() -> None:
    assert roll_hash(reversed(ROLL)) == roll_hash(ROLL)
    assert roll_from_list(roll_to_list(ROLL)) == ROLL
    for other in (
        (*ROLL, RollEntry("voter-3")),
        (ROLL[0], RollEntry("voter-2", "Two", "North")),
        (ROLL[0], RollEntry("voter-2", "2")),
    ):
        assert roll_hash(other) != roll_hash(ROLL)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [["voter-2", "", "", []], ["voter-1", "", "", []]],
        [["voter-1", "", "", []], ["voter-1", "", "", []]],
        [["Voter", "", "", []]],
        [["voter-1"]],
        [["voter-1", ""]],
        [["voter-1", 1, "", []]],
        [["voter-1", "", None, []]],
        [["voter-1", "", "", ""]],
        [["voter-1", "", "", ["x"]]],
        [["voter-1", "e\u0301", "", []]],
        [["voter-1", "x" * 201, "", []]],
        [["voter-1", "", "x" * 101, []]],
        [["voter-1", "", " A", []]],
        [["voter-1", "", "", [POINTS[0]]]],
        [{"credential": "voter-1"}],
    ],
)
def test_a_roll_that_is_not_in_its_form_is_refused(value: object) -> None:
    with pytest.raises(RollInvalidError):
        roll_from_list(value)


def test_with_registrars_every_voter_has_a_point_of_each() -> None:
    one = [[POINTS[0], "", "", []], [POINTS[1], "", "", []]]
    two = [[POINTS[0], "", "", [POINTS[2]]], [POINTS[1], "", "", [POINTS[3]]]]

    assert roll_to_list(roll_from_list(one, 1)) == one
    assert roll_to_list(roll_from_list(two, 2)) == two
    for value, registrars in (
        (two, 0),
        (one, 2),
        (two, 1),
        ([["voter-1", "", "", []]], 1),
        ([["0" * 64, "", "", []]], 1),
        ([[POINTS[0], "", "", [POINTS[2]]], [POINTS[1], "", "", [POINTS[2]]]], 2),
        ([[POINTS[0], "", "", [POINTS[1]]], [POINTS[1], "", "", [POINTS[2]]]], 2),
    ):
        with pytest.raises(RollInvalidError):
            roll_from_list(value, registrars)


def test_a_changed_roll_has_the_hash_of_what_it_became() -> None:
    added = RollEntry("voter-3", "Three")

    changed, new_hash = changed_roll(ROLL, [added], ["voter-1"])

    assert changed == (ROLL[1], added)
    assert new_hash == roll_hash(changed)
    with pytest.raises(KeyError):
        changed_roll(ROLL, [added], ["nobody"])
