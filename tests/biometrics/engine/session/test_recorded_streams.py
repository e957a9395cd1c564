"""The state machine answers recorded streams frame by frame as it did when they were recorded."""

from __future__ import annotations

from functools import cache

import pytest

from tests.biometrics.engine.session.players import PLAYERS
from tests.biometrics.engine.session.streams import played, recorded, replayed, scenarios

# Of the numbers that are not whole: an arithmetic unit's last bits are no behaviour.
TOLERANCE = 1e-3


@cache
def streams():
    return recorded()


def same(one, other):
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) or isinstance(other, float):
        return None not in (one, other) and abs(one - other) <= TOLERANCE
    return one == other


def first_difference(stream):
    answers = replayed(stream)
    for number, (then, now) in enumerate(zip(stream["answers"], answers, strict=False)):
        if not same(then, now):
            return f"{stream['name']}, frame {number}: was {then}, is {now}"
    if len(answers) != len(stream["answers"]):
        return f"{stream['name']}: {len(stream['answers'])} answers, now {len(answers)}"
    return None


@pytest.mark.parametrize("player", PLAYERS)
def test_each_frame_is_answered_as_it_was_recorded(player):
    of_player = [one for one in streams() if one["name"].split(": ")[1].split(", ")[0] == player]

    differences = [first_difference(stream) for stream in of_player]

    assert of_player
    assert [one for one in differences if one] == []


def test_the_recorded_streams_end_in_every_way():
    ends = {stream["answers"][-1][-1][1] for stream in streams()}

    assert len(streams()) >= 200
    assert ends == {
        "None",
        "no_match",
        "not_live",
        "challenge_failed",
        "light_unseen",
        "timed_out",
        "stream",
        "camera",
        "again",
    }


@pytest.mark.parametrize("number", range(0, len(scenarios()), 40))
def test_the_players_still_make_the_recorded_streams(number):
    made = played(scenarios()[number])

    assert [list(frame) for frame in made["frames"]] == streams()[number]["frames"]
    assert made["seed"] == streams()[number]["seed"]
