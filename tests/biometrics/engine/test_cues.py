"""What is asked cannot be foreseen: every sequence of cues is as likely as any other."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from biometrics.engine.pad.cues import (
    COMPARED_UP_TO,
    OPTIONS,
    REQUIRED,
    STEPS,
    Course,
    Kind,
    draw,
    least_bits,
)
from biometrics.engine.quality import load_policy
from tests.biometrics.verification.heads import toward

DRAWS = 100_000


def place(cue):
    """Where it wants the head, in degrees; a size counts by its growth, 80 for twice."""
    head = toward(cue)
    return np.round([head.yaw, head.pitch, 80 * (head.size - 1)])


PLACE = {cue: place(cue) for cue in OPTIONS}


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


def test_a_head_is_compared_as_far_as_the_cuts_for_frames_let_it(settings):
    assert load_policy(settings.MODELS_DIR, "frame").max_yaw == COMPARED_UP_TO
