"""What is asked cannot be foreseen: every sequence of cues is as likely as any other."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from biometrics.engine.faces.quality import load_policy
from biometrics.engine.pad.cues import (
    COMPARED_UP_TO,
    REQUIRED,
    STEPS,
    Course,
    CueKind,
    bits,
    draw,
)
from tests.biometrics.engine.session.heads import toward

DRAWS = 100_000


def place(cue):
    """Where it wants the head, in degrees; a size counts by its growth, 80 for twice."""
    head = toward(cue)
    return np.round([head.yaw, head.pitch, 80 * (head.size - 1)])


MOVEMENTS, WITH_BLINKS = Course(), Course(blinks=True)
PLACE = {cue: place(cue) for cue in WITH_BLINKS.options}
both = pytest.mark.parametrize("course", [MOVEMENTS, WITH_BLINKS], ids=["movements", "blinks"])


def sequence(seed, course):
    """The cues of a session in which all are answered."""
    cues = []
    for number in range(1, STEPS + 1):
        cues.append(draw(seed, number, course))
        course = course.after(cues[-1])
    return tuple(cues)


def walks(steps, options):
    if not steps:
        return [()]
    return [(*walk, one) for walk in walks(steps - 1, options) for one in options]


def allowed(cues):
    kinds = {cue.kind for cue in cues}
    near = not any(close(*two) for two in pairwise(cues))
    return kinds >= REQUIRED and near and degrees(cues) <= 200


def close(one, other):
    """The same movement to the same or to the next place."""
    apart = {CueKind.COME_CLOSER: 0.16}.get(one.kind, 7.5)
    return one.kind is other.kind and abs(one.target - other.target) < apart


def degrees(cues):
    """The whole way from the middle, and back to where the last may be compared."""
    places = [np.zeros(3), *map(PLACE.__getitem__, cues)]
    turned = abs(places[-1][0])
    back = turned - 28 + 40 if turned > 28 else 0
    ways = [np.abs(one - other).max() for one, other in pairwise(places)]
    if cues[-1].kind is CueKind.CLOSE_EYES:
        back = 40
    blinks = [cue.kind is CueKind.CLOSE_EYES for cue in cues]
    return sum(max(way, 20 * shut) for way, shut in zip(ways, blinks, strict=True)) + back


@both
def test_every_sequence_is_as_likely_as_any_other(course):
    possible = [cues for cues in walks(STEPS, course.options) if allowed(cues)]
    place = {cues: number for number, cues in enumerate(possible)}

    drawn = [place[sequence(number.to_bytes(8, "big"), course)] for number in range(DRAWS)]

    # A thousand groups of neighbours, so that each is expected a hundred times.
    groups = np.array_split(np.arange(len(possible)), 1000)
    ends = [group[-1] for group in groups]
    counts = np.bincount(np.searchsorted(ends, drawn), minlength=1000)
    expected = np.array([len(group) for group in groups]) * DRAWS / len(possible)
    assert chisquare(counts, expected).pvalue > 0.01
    assert bits(course) == pytest.approx(np.log2(len(possible)))


@both
def test_every_option_is_drawn(course):
    drawn = {one for number in range(2000) for one in sequence(number.to_bytes(8, "big"), course)}

    assert drawn == set(course.options)


@both
def test_a_session_holds_at_least_17_bits(course):
    assert bits(course) >= 17


@given(st.binary(min_size=32, max_size=32), st.sampled_from([MOVEMENTS, WITH_BLINKS]))
def test_both_sides_are_asked_for_nothing_twice_and_no_long_way(seed, course):
    cues = sequence(seed, course)

    assert allowed(cues)
    assert course.blinks or CueKind.CLOSE_EYES not in {cue.kind for cue in cues}


def test_a_head_is_compared_as_far_as_the_cuts_for_frames_let_it(models_dir):
    assert load_policy(models_dir, "frame").max_yaw == COMPARED_UP_TO
