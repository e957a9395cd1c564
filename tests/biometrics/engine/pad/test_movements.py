"""Only a head that does what is asked, in time and in depth, answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from biometrics.engine.pad import movements
from biometrics.engine.pad.cues import REQUIRED, STEPS, Course, Cue, CueKind
from biometrics.engine.pad.movements import Reading
from tests.biometrics.engine.clips import BONA_FIDE_CLIPS

SEED = b"a seed of the test"
START = Reading(yaw=3.0, pitch=-4.0, size=200.0, nose_across=0.03, nose_down=0.5, eyes=0.26)
BLINKS = Course(blinks=True)


def at(cue: Cue, *, share: float = 1.0, depth: float = 0.9) -> Reading:
    """A head that has gone `share` of the way; a flat picture has no `depth`."""
    way = cue.target * share
    lean = depth * np.sin(np.radians(way))
    match cue.kind:
        case CueKind.TURN_LEFT:
            return replace(START, yaw=3 + way, nose_across=0.03 + lean)
        case CueKind.TURN_RIGHT:
            return replace(START, yaw=3 - way, nose_across=0.03 - lean)
        case CueKind.TURN_UP:
            return replace(START, pitch=-4 + way, nose_down=0.5 - lean)
        case CueKind.TURN_DOWN:
            return replace(START, pitch=-4 - way, nose_down=0.5 + lean)
        case CueKind.COME_CLOSER:
            return replace(START, size=200 * (1 + (cue.target - 1) * share))
        case CueKind.CLOSE_EYES:
            return replace(START, eyes=START.eyes * (1 - cue.target * share))


def trial_with(kind: CueKind) -> movements.MovementTrial:
    for number in range(1000):
        trial = movements.begin(SEED, START, shown=number, now=0.0, course=BLINKS)
        if trial.cue.kind is kind:
            return trial
    raise AssertionError("no such cue in a thousand")


def follow(trial, *, share=1.0, depth=0.9, seconds=60.0):
    now = trial.since
    while not (trial.met or trial.failed) and now < seconds:
        now += 0.1
        reading = at(trial.cue, share=share, depth=depth)
        trial = movements.answer(trial, reading, step=trial.number, now=now)
    return trial


def test_a_head_that_follows_meets_it():
    assert follow(movements.begin(SEED, START, shown=0, now=0.0)).met


@pytest.mark.parametrize("share", [0.0, 0.5, 2.0])
def test_a_head_that_goes_another_way_fails(share):
    trial = follow(movements.begin(SEED, START, shown=0, now=0.0), share=share)

    assert trial.failed
    assert trial.done < STEPS


TURNS = [CueKind.TURN_LEFT, CueKind.TURN_RIGHT, CueKind.TURN_UP, CueKind.TURN_DOWN]


@pytest.mark.parametrize("kind", TURNS)
def test_a_flat_picture_that_is_turned_answers_nothing(kind):
    trial = trial_with(kind)
    for number in range(20):
        trial = movements.answer(
            trial, at(trial.cue, depth=0.0), step=trial.number, now=number / 10
        )

    assert trial.done == 0


def test_a_frame_from_before_the_cue_was_seen_answers_nothing():
    trial = movements.begin(SEED, START, shown=0, now=0.0)
    for number in range(20):
        trial = movements.answer(trial, at(trial.cue), step=trial.number - 1, now=number / 10)

    assert trial.done == 0


def test_passing_through_is_not_holding():
    trial = movements.begin(SEED, START, shown=0, now=0.0)
    for number in range(2 * movements.HOLD_FRAMES):
        share = 1.0 if number % movements.HOLD_FRAMES else 0.0
        reading = at(trial.cue, share=share)
        trial = movements.answer(trial, reading, step=trial.number, now=number / 10)

    assert trial.done == 0


def held(trial, *, pace, frames, since=0.0):
    """One frame from before the movement and then so many at the goal."""
    for number in range(frames + 1):
        reading = at(trial.cue, share=1.0 if number else 0.0)
        now = since + number * pace
        trial = movements.answer(trial, reading, step=trial.shown(now).number, now=now)
    return trial


def test_the_next_cue_is_shown_as_soon_as_a_hold_cannot_be_left_any_more():
    begun = movements.begin(SEED, START, shown=0, now=0.0)

    ahead = held(begun, pace=0.09, frames=1)
    done = held(begun, pace=0.09, frames=movements.HOLD_FRAMES)

    assert (ahead.done, done.done) == (0, 1)
    assert ahead.shown(0.1).cue == done.shown(0.3).cue == done.cue != begun.cue
    assert ahead.shown(0.1).number == done.number == 2


def test_who_sends_few_frames_is_not_shown_the_next_cue_while_the_hold_is_open():
    begun = movements.begin(SEED, START, shown=0, now=0.0)

    for frames in (1, 2):
        assert held(begun, pace=0.35, frames=frames).shown(1.0).cue == begun.cue


def test_a_hold_that_is_left_after_all_is_asked_for_again_and_nothing_shown_ahead():
    ahead = held(movements.begin(SEED, START, shown=0, now=0.0), pace=0.09, frames=1)

    left = movements.answer(ahead, at(ahead.cue, share=0.0), step=2, now=0.2)
    again = held(left, pace=0.09, frames=2, since=0.3)

    assert left.shown(0.2).cue == again.shown(0.5).cue == ahead.cue
    assert again.held == 2
    assert again.done == 0


def test_a_cue_shown_ahead_of_a_mistake_is_not_the_next():
    ahead = held(movements.begin(SEED, START, shown=0, now=0.0), pace=0.09, frames=1)

    late = movements.answer(ahead, None, step=2, now=movements.STEP_SECONDS + 1)

    assert late.mistakes == 1
    assert late.number == 3


def test_the_wrong_way_brings_a_new_cue_and_then_the_end():
    trial = trial_with(CueKind.TURN_LEFT)
    wrong = at(Cue(CueKind.TURN_RIGHT, 29.0))
    numbers = []
    for frame in range(200):
        if trial.cue.kind is CueKind.TURN_RIGHT:
            break
        trial = movements.answer(trial, wrong, step=trial.number, now=2 + frame / 10)
        numbers.append(trial.number)
        if trial.failed:
            break

    assert trial.mistakes >= 1
    assert len(set(numbers)) > 1


def test_a_turn_that_was_missed_is_asked_for_again():
    """A bent photo must not get round the turns by failing them: one mistake is forgiven."""
    trial = movements.begin(SEED, START, shown=0, now=0.0)
    answered = []
    while not (trial.met or trial.failed):
        before, skips = trial, trial.cue.kind is CueKind.TURN_LEFT and not trial.mistakes
        now = trial.since + (movements.STEP_SECONDS + 1 if skips else 0.1)
        trial = movements.answer(trial, at(trial.cue), step=trial.number, now=now)
        if trial.done > before.done:
            answered.append(before.cue.kind)

    assert trial.mistakes == 1
    assert set(answered) >= REQUIRED


@pytest.mark.parametrize("pace", [0.09, 0.3, 0.5])
def test_who_sends_few_frames_may_not_search_for_longer(pace):
    trial = trial_with(CueKind.TURN_LEFT)
    wrong = at(Cue(CueKind.TURN_RIGHT, 29.0))
    now = trial.since + movements.REACTION_SECONDS + 0.01
    begun, number = now, trial.number
    while trial.number == number and not trial.mistakes:
        trial = movements.answer(trial, wrong, step=trial.number, now=now)
        now += pace

    assert trial.mistakes == 1
    assert now - begun <= movements.STRAYED_SECONDS + 2 * pace + 1e-6


def test_too_late_is_a_mistake():
    trial = movements.begin(SEED, START, shown=0, now=0.0)

    late = movements.answer(trial, at(trial.cue), step=trial.number, now=movements.STEP_SECONDS + 1)

    assert late.mistakes == 1
    assert late.number == trial.number + 1


def looks(trial, readings, *, pace=0.09):
    for number, reading in enumerate(readings, start=1):
        trial = movements.answer(trial, reading, step=trial.number, now=number * pace)
    return trial


def test_eyes_that_stay_shut_answer_and_a_blink_in_passing_does_not():
    asked = trial_with(CueKind.CLOSE_EYES)
    wide, shut = START, replace(START, eyes=0.06)

    assert looks(asked, [wide, shut, shut, wide, wide, shut, wide]).done == 0
    assert looks(asked, [wide, shut, shut, shut]).done == 1


@pytest.mark.parametrize(
    "never",
    [
        replace(START, eyes=0.15),  # looks down
        replace(START, eyes=0.0),  # not measured
        replace(START, eyes=0.06, yaw=40.0),  # turned away
    ],
)
def test_what_is_not_shut_eyes_before_the_camera_answers_nothing(never):
    assert looks(trial_with(CueKind.CLOSE_EYES), [never] * 10).done == 0


def test_where_eyes_were_not_measured_before_nothing_answers():
    asked = replace(trial_with(CueKind.CLOSE_EYES), neutral=replace(START, eyes=0.0))

    assert looks(asked, [replace(START, eyes=0.01)] * 10).done == 0


def test_eyes_that_never_open_again_fail_the_next_cue():
    trial = trial_with(CueKind.CLOSE_EYES)
    now = 0.0
    while not (trial.met or trial.failed):
        now += 0.1
        trial = movements.answer(trial, replace(START, eyes=0.05), step=trial.number, now=now)

    assert trial.failed


def reading_of(face):
    reading = movements.read(face)
    assert reading is not None
    return reading


def test_real_heads_show_depth_when_they_turn(engine, clip):
    for person in BONA_FIDE_CLIPS:
        faces = [engine.process(jpeg).face for jpeg in clip(BONA_FIDE_CLIPS[person], every=3)]
        readings = [reading_of(face) for face in faces if face]
        start = movements.neutral([one for one in readings if abs(one.yaw) < 10])
        turned = [one for one in readings if 10 < abs(one.yaw - start.yaw) < 33]
        deep = [
            abs(one.nose_across - start.nose_across)
            >= movements.MIN_PARALLAX_SIDEWAYS * abs(np.sin(np.radians(one.yaw - start.yaw)))
            for one in turned
        ]

        assert len(turned) > 5
        assert np.mean(deep) > 0.9
