"""What is asked cannot be foreseen: every sequence of cues is as likely as any other."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from biometrics.engine.pad.cues import OPTIONS, REQUIRED, STEPS, Course, Kind, draw, least_bits

DRAWS = 100_000
AXES = {
    Kind.TURN_LEFT: (1, 0, 0),
    Kind.TURN_RIGHT: (-1, 0, 0),
    Kind.TURN_UP: (0, 1, 0),
    Kind.TURN_DOWN: (0, -1, 0),
    Kind.COME_CLOSER: (0, 0, 80),
}
# In degrees; a size counts by its growth.
PLACE = {
    cue: np.round(np.array(AXES[cue.kind]) * (cue.target - (cue.kind is Kind.COME_CLOSER)))
    for cue in OPTIONS
}


def sequence(seed):
    """The cues of a session in which all are answered."""
    cues, course = [], Course()
    for number in range(1, STEPS + 1):
        cues.append(draw(seed, number, course))
        course = course.after(cues[-1])
    return tuple(cues)


def walks(steps):
    if not steps:
        return [()]
    return [(*walk, one) for walk in walks(steps - 1) for one in OPTIONS]


def allowed(cues):
    kinds = {cue.kind for cue in cues}
    near = not any(close(*two) for two in pairwise(cues))
    return kinds >= REQUIRED and near and degrees(cues) <= 200


def close(one, other):
    """The same movement to the same or to the next place."""
    apart = {Kind.COME_CLOSER: 0.16}.get(one.kind, 7.5)
    return one.kind is other.kind and abs(one.target - other.target) < apart


def degrees(cues):
    """The whole way from the middle, and back to where the last may be compared."""
    places = [np.zeros(3), *map(PLACE.__getitem__, cues)]
    turned = abs(places[-1][0])
    back = turned - 28 + 40 if turned > 28 else 0
    return sum(np.abs(one - other).max() for one, other in pairwise(places)) + back


def test_every_sequence_is_as_likely_as_any_other():
    possible = [cues for cues in walks(STEPS) if allowed(cues)]
    place = {cues: number for number, cues in enumerate(possible)}

    drawn = [place[sequence(number.to_bytes(8, "big"))] for number in range(DRAWS)]

    # A thousand groups of neighbours, so that each is expected a hundred times.
    groups = np.array_split(np.arange(len(possible)), 1000)
    ends = [group[-1] for group in groups]
    counts = np.bincount(np.searchsorted(ends, drawn), minlength=1000)
    expected = np.array([len(group) for group in groups]) * DRAWS / len(possible)
    assert chisquare(counts, expected).pvalue > 0.01
    assert least_bits() == pytest.approx(np.log2(len(possible)))


def test_every_option_is_drawn():
    assert {one for number in range(2000) for one in sequence(number.to_bytes(8, "big"))} == set(
        OPTIONS
    )


def test_a_session_holds_at_least_17_bits():
    assert least_bits() >= 17


@given(st.binary(min_size=32, max_size=32))
def test_both_sides_are_asked_for_nothing_twice_and_no_long_way(seed):
    assert allowed(sequence(seed))
