"""While a face is matched, no answer tells which of the frames matched, until enough are in."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from biometrics.engine import session
from biometrics.engine.session import Challenge, Policy, Reason
from biometrics.engine.types import Comparison, Hint
from tests.biometrics.engine.session.dialogue import ALWAYS, LIT, POLICY, run
from tests.biometrics.engine.session.heads import frame_of

CADENCE = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]


def answers_to(conditions, policy, *, pace=0.1):
    """What the page is told after each frame."""
    state, told = session.begin(0.0, b"seed"), []
    for number, condition in enumerate(conditions):
        state, progress = session.step(
            state,
            frame_of(number, condition),
            now=number * pace,
            policy=policy,
            fused=lambda probes: Comparison(0.9, 0.5),
        )
        told.append(progress)
    return told


def ended(state, policy):
    """The verdict for somebody who leaves now."""
    verdict = session.time_out(state, policy).verdict
    assert verdict is not None
    return verdict


@pytest.mark.parametrize("policy", [POLICY, ALWAYS, LIT, replace(ALWAYS, frames_needed=5)])
@pytest.mark.parametrize("pace", [0.01, 0.1, 1.0])
def test_every_mixture_of_matches_and_misses_gets_the_same_answers(policy, pace):
    mixtures = itertools.product(["good", "stranger"], repeat=policy.silent_frames)

    told = {tuple(map(str, answers_to(mixture, policy, pace=pace))) for mixture in mixtures}

    assert policy.silent_frames >= 1
    assert len(told) == 1


@pytest.mark.parametrize("missed", range(9))
def test_where_nothing_follows_the_matching_nine_frames_tell_nothing(missed):
    frames = ["stranger" if number == missed else "good" for number in range(9)]

    told = answers_to(frames, POLICY)

    assert [progress.share for progress in told] == CADENCE
    assert {progress.hint for progress in told} == {Hint.NONE}


def test_the_share_stays_below_the_whole_until_the_row_is_complete():
    told = answers_to(["good"] * 5 + ["stranger"] + ["good"] * 10, POLICY)

    assert [progress.share for progress in told] == [*CADENCE, *[0.9] * 6, 1.0]


def test_who_does_not_match_is_helped_when_enough_frames_are_in():
    """And from then on in every frame alike, whether it matched or not."""
    told = answers_to(["stranger"] * 10 + ["good", "stranger", "good"], POLICY)

    assert [progress.hint for progress in told[9:]] == [Hint.LOOK_AT_CAMERA] * 4


def test_what_no_comparison_tells_is_told_at_once():
    told = answers_to(["stranger", "blurred", "nobody", "attack"], POLICY)

    assert [progress.hint for progress in told[1:]] == [
        Hint.BLURRED,
        Hint.NO_FACE,
        Hint.TURN_TO_LIGHT,
    ]
    assert [progress.share for progress in told] == [0.1, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("condition", ["stranger", "attack"])
@pytest.mark.parametrize("policy", [POLICY, replace(POLICY, frames_needed=5)])
def test_who_goes_before_anything_was_told_has_not_failed_and_after_it_has(condition, policy):
    few = ended(
        run([frame_of(n, condition) for n in range(policy.silent_frames)], policy=policy), policy
    )
    more = ended(
        run([frame_of(n, condition) for n in range(policy.silent_frames + 1)], policy=policy),
        policy,
    )

    assert not few.counted
    assert more.counted


@pytest.mark.parametrize("condition", ["nobody", "blurred"])
def test_frames_that_show_no_face_to_compare_are_never_a_failure(condition):
    state = run([frame_of(number, condition) for number in range(200)])

    verdict = ended(state, POLICY)

    assert verdict.reason is Reason.TIMED_OUT
    assert not verdict.counted


def test_a_voter_who_is_matched_and_goes_has_not_failed():
    state = run([frame_of(number) for number in range(9)])

    assert not ended(state, POLICY).counted


def test_the_silence_is_as_long_as_the_row_less_the_frames_ahead_of_the_first_cue():
    assert POLICY.silent_frames == 6
    assert Policy(3, 60, pad_required=True, challenge=Challenge.ALWAYS).silent_frames == 0
