"""The stages of the movements and of the closing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometrics.engine import session
from biometrics.engine.pad.cues import STEPS, CueKind
from biometrics.engine.pad.motion import ENOUGH, LEAST_SPAN
from biometrics.engine.pad.movements import ShownCue
from biometrics.engine.session import Challenge, Reason
from biometrics.engine.session.stages import CLOSING_FRAMES, Closing, Matching
from biometrics.engine.types import Comparison, Face
from tests.biometrics.engine.session.dialogue import (
    ALWAYS,
    ELSEWHERE,
    POLICY,
    at_the_last,
    dialogue,
    moving,
    moving_blurred,
    obedient,
    run,
)
from tests.biometrics.engine.session.heads import (
    GOOD,
    STRAIGHT,
    frame_of,
    head_frame,
    toward,
)
from tests.support.drawn_views import held, standing


def test_who_follows_every_cue_is_verified():
    state, shown = dialogue(obedient)

    assert state.verdict.verified
    assert len({progress.step for progress in shown if progress.asked}) == STEPS
    assert [p.share for p in shown] == sorted(p.share for p in shown)


def test_who_also_shuts_the_eyes_when_told_is_verified():
    blinks = replace(ALWAYS, blinks=True)
    kinds: set[CueKind] = set()
    for number in range(20):
        state, shown = dialogue(obedient, policy=blinks, seed=b"seed %d" % number)
        kinds |= {progress.asked.cue.kind for progress in shown if progress.asked}

        assert state.verdict.verified
        assert state.movement_mistakes == 0

    assert CueKind.CLOSE_EYES in kinds


def hasty(number, state):
    """Does at once what is shown, without a reaction: no hold is over by then."""
    shown = session.on_show(state, number / 10)
    head = toward(shown.cue) if isinstance(shown, ShownCue) else STRAIGHT
    return frame_of(number, head=head, step=state.step_on_show)


def test_who_leaves_each_position_at_once_must_come_back_and_is_verified():
    state, shown = dialogue(hasty)

    assert state.verdict.verified
    assert state.movement_mistakes == 0
    assert len(shown) > len(dialogue(obedient)[1])


def test_the_first_cue_is_shown_while_the_last_matches_are_awaited():
    state, shown = dialogue(obedient, frames=9)

    steps = [progress.step for progress in shown]
    assert steps[:6] == [0] * 6
    assert steps[7:] == [1, 1]
    assert isinstance(state.stage, Matching)
    assert dialogue(obedient, frames=10)[0].stage.trial.cue == shown[-1].asked.cue


def test_a_cue_that_was_shown_too_early_is_not_shown_again():
    state, shown = dialogue(
        lambda number, state: (
            frame_of(number, condition="blurred" if number == 8 else GOOD)
            if number < 12
            else obedient(number, state)
        )
    )

    assert shown[7].step == 1
    assert {progress.step for progress in shown[8:]} == {0, 2, 3, 4, 5, 6}
    assert state.verdict.verified


def test_without_movements_to_come_nothing_is_shown():
    assert all(progress.asked is None for progress in dialogue(obedient, policy=POLICY)[1])


def test_who_only_looks_at_the_camera_is_not():
    state, _ = dialogue(lambda number, state: frame_of(number, step=state.step_on_show))

    assert state.verdict.reason is Reason.CHALLENGE_FAILED
    assert state.verdict.counted


def test_a_recorded_good_session_does_not_answer_another_ones_cues():
    recorded = []

    def record(number, state):
        recorded.append(obedient(number, state))
        return recorded[-1]

    dialogue(record)
    state = session.begin(0.0, b"another seed")
    for number, frame in enumerate(recorded * 20):
        state, _ = session.step(
            state,
            replace(frame, digest=str(number).encode(), step=state.step_on_show),
            now=number / 10,
            policy=ALWAYS,
            fused=lambda probes: Comparison(0.9, 0.5),
        )

    assert state.verdict is not None
    assert not state.verdict.verified


def test_a_stranger_who_takes_over_after_the_movements_is_refused():
    def swapped(number, state):
        done = isinstance(state.stage, Closing)
        return frame_of(number, condition="stranger") if done else moving_blurred(number, state)

    state, _ = dialogue(swapped)

    assert state.verdict.reason is Reason.NO_MATCH


def test_a_stranger_who_takes_over_at_the_last_movement_is_refused():
    def swapped(number, state):
        return obedient(number, state, condition="stranger" if at_the_last(state) else GOOD)

    state, _ = dialogue(swapped)

    assert state.verdict.reason is Reason.NO_MATCH


def test_who_is_seen_to_match_while_the_last_movement_is_held_has_closed_with_it():
    state, _ = dialogue(obedient)

    assert state.verdict.verified
    assert len(state.stage.closing) == CLOSING_FRAMES


def test_who_is_not_must_look_at_the_camera_again():
    still_owed = []

    def watched(number, state):
        if isinstance(state.stage, Closing):
            still_owed.append(len(state.stage.closing))
        return moving_blurred(number, state)

    state, _ = dialogue(watched)

    assert state.verdict.verified
    assert still_owed == [0, 1, 2]


def test_a_frame_that_cannot_be_compared_breaks_the_row_of_the_last_movement():
    still_owed = []

    def once_blurred(number, state):
        if isinstance(state.stage, Closing):
            still_owed.append(len(state.stage.closing))
        once = moving(state) and at_the_last(state) and state.stage.trial.held == 1
        return obedient(number, state, condition="blurred" if once else GOOD)

    state, _ = dialogue(once_blurred)

    assert state.verdict.verified
    assert still_owed == [1, 2]


def test_a_face_that_jumps_during_the_movements_starts_again_and_not_for_ever():
    def jumping(number, state):
        made = obedient(number, state)
        return frame_of(number, box=ELSEWHERE) if moving(state) and number % 7 == 0 else made

    state, _ = dialogue(jumping)

    assert state.verdict.reason is Reason.STREAM


def test_a_head_lost_for_a_moment_while_it_turns_is_not_another():
    def blinking(number, state):
        lost = moving(state) and number % 9 < 2
        return frame_of(number, condition="nobody") if lost else obedient(number, state)

    state, _ = dialogue(blinking)

    assert state.verdict.verified
    assert state.breaks == 0


def test_movements_are_asked_for_after_something_odd_where_the_policy_is_unsure():
    unsure = replace(ALWAYS, challenge=Challenge.UNSURE)
    calm, _ = dialogue(obedient, policy=unsure)
    odd, _ = dialogue(
        lambda n, state: frame_of(n, condition="attack") if n == 3 else obedient(n, state),
        policy=unsure,
    )

    assert calm.verdict.verified
    assert isinstance(calm.stage, Matching)
    assert odd.verdict.verified
    assert isinstance(odd.stage, Closing)


@pytest.mark.parametrize("flow", [held, standing])
def test_movements_are_asked_for_where_the_picture_moves_as_a_picture(flow):
    unsure = replace(ALWAYS, challenge=Challenge.UNSURE)

    state, shown = dialogue(
        lambda number, _state: head_frame(number, flow=flow), policy=unsure, frames=60
    )

    assert not state.verdict
    assert any(progress.asked for progress in shown)


def test_a_face_is_watched_for_two_seconds_before_no_movements_are_asked_for():
    unsure = replace(ALWAYS, challenge=Challenge.UNSURE)

    state, shown = dialogue(lambda number, _state: head_frame(number), policy=unsure)

    assert state.verdict.verified
    assert not any(progress.asked for progress in shown)
    assert 10 * LEAST_SPAN * ENOUGH < len(shown) < 10 * (LEAST_SPAN * ENOUGH + 0.5)


def test_without_a_view_the_motion_is_not_known_and_movements_are_asked_for():
    unsure = replace(ALWAYS, challenge=Challenge.UNSURE)

    def unseen(number, _state):
        judged = head_frame(number)
        return replace(judged, frame=replace(judged.frame, view=None))

    _, shown = dialogue(unseen, policy=unsure, frames=40)

    assert any(progress.asked for progress in shown)


def test_a_still_is_never_enough():
    still = [replace(frame_of(0), digest=str(number).encode()) for number in range(60)]

    state = run(still)

    assert state.verdict.reason is Reason.STREAM


def test_a_head_without_a_mesh_cannot_be_asked_and_is_not_let_in():
    def bare(number, state):
        made = frame_of(number)
        assert made.frame.face is not None
        return replace(made, frame=replace(made.frame, face=Face(made.frame.face.box, 0.9)))

    state, _ = dialogue(bare)

    assert not state.verdict.verified


@given(st.lists(st.sampled_from(["follow", "stay", "nobody", "stranger", "attack"]), max_size=150))
def test_with_movements_demanded_nobody_passes_who_has_not_met_them(moves):
    answered = []

    def respond(number, state):
        if moving(state):
            answered.append(state.stage.trial.done)
        move = moves[number] if number < len(moves) else "nobody"
        if move == "follow":
            return obedient(number, state)
        return frame_of(number, condition=GOOD if move == "stay" else move, step=state.step_on_show)

    state, _ = dialogue(respond, frames=max(1, len(moves)))

    verified = state.verdict is not None and state.verdict.verified
    assert not verified or isinstance(state.stage, Closing)
    assert not verified or len(state.stage.closing) >= 3
    # The frame that answers the last cue leads to the closing.
    assert not verified or answered[-1] == STEPS - 1
