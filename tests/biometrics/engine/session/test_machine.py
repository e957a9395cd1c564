"""The state machine: what it takes to be verified, and all that is not enough."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometrics.engine import session
from biometrics.engine.pad import coloured_light
from biometrics.engine.pad.coloured_light import ShownColour
from biometrics.engine.pad.cues import STEPS, CueKind, bits
from biometrics.engine.pad.movements import ShownCue
from biometrics.engine.session import Challenge, Policy, Reason
from biometrics.engine.session.stages import CLOSING_FRAMES, Closing, Light, Matching, Moving
from biometrics.engine.types import Box, Comparison, Face
from tests.biometrics.engine.session.heads import (
    GOOD,
    LIGHT,
    STRAIGHT,
    frame_of,
    state_after,
    toward,
)
from tests.support.scripted_engine import Head

POLICY = Policy(frames_needed=10, seconds=60, pad_required=True)
ALWAYS = replace(POLICY, seconds=110, challenge=Challenge.ALWAYS)
ELSEWHERE = Box(0, 0, 100, 120)


def run(frames, *, policy=POLICY, fused=0.9):
    return state_after(frames, policy=policy, fused=fused)


def test_ten_good_frames_in_a_row_verify():
    state = run([frame_of(number) for number in range(10)])

    assert state.verdict is not None
    assert state.verdict.verified


def test_nine_good_frames_do_not():
    state = run([frame_of(number) for number in range(9)])

    assert state.verdict is None


@pytest.mark.parametrize("kind", ["nobody", "blurred", "stranger", "attack"])
def test_one_bad_frame_starts_the_row_again(kind):
    frames = [frame_of(n) for n in range(9)] + [frame_of(9, condition=kind)]

    state = run([*frames, *(frame_of(n) for n in range(10, 19))])

    assert state.verdict is None


def test_another_face_in_another_place_starts_the_row_again():
    frames = [frame_of(n) for n in range(9)] + [frame_of(n, box=ELSEWHERE) for n in range(9, 18)]

    state = run(frames)

    assert state.verdict is None


def test_the_same_frame_again_and_again_is_not_a_row():
    state = run([frame_of(1)] * 60)

    assert state.verdict is not None
    assert state.verdict.reason is Reason.STREAM


def test_frames_that_match_do_not_help_when_their_mean_does_not():
    state = run([frame_of(number) for number in range(20)], fused=0.1)

    assert state.verdict is not None
    assert state.verdict.reason is Reason.NO_MATCH


@pytest.mark.parametrize(
    ("kind", "reason"), [("stranger", Reason.NO_MATCH), ("attack", Reason.NOT_LIVE)]
)
def test_who_goes_on_failing_is_refused_and_it_counts(kind, reason):
    state = run([frame_of(number, condition=kind) for number in range(25)])

    assert state.verdict is not None
    assert state.verdict.reason is reason
    assert state.verdict.counted


def test_an_empty_chair_times_out_and_does_not_count():
    state = run([frame_of(number, condition="nobody") for number in range(700)])

    assert state.verdict is not None
    assert state.verdict.reason is Reason.TIMED_OUT
    assert not state.verdict.counted


def test_without_a_pad_result_nobody_passes_where_it_is_required():
    frames = [frame_of(number) for number in range(10)]
    bare = [replace(one, frame=replace(one.frame, pad=None)) for one in frames]

    assert run(bare).verdict is None
    assert run(bare, policy=Policy(10, 60, pad_required=False)).verdict is not None


@given(st.lists(st.sampled_from([GOOD, "nobody", "blurred", "stranger", "attack"]), max_size=60))
def test_only_ten_good_frames_in_a_row_ever_verify(kinds):
    state = run([frame_of(number, condition=kind) for number, kind in enumerate(kinds)])

    verified = state.verdict is not None and state.verdict.verified
    assert not verified or "g" * 10 in "".join("g" if kind == GOOD else "-" for kind in kinds)


def test_a_verdict_is_final():
    refused = run([frame_of(number, condition="stranger") for number in range(25)])

    state, _ = session.step(
        refused,
        frame_of(99),
        now=3,
        policy=POLICY,
        fused=lambda probes: Comparison(1, 0),
    )

    assert state is refused
    assert session.miss(refused) is session.time_out(refused) is refused


# The last cue that it draws is one in which a face can be compared.
SEED = b"seed 3"


def dialogue(respond, *, policy=ALWAYS, frames=900, fused=0.9, seed=SEED):
    """A voter whom `respond(number, state)` moves; returns the last state and what was shown."""
    state, shown = session.begin(0.0, seed), []
    for number in range(frames):
        state, progress = session.step(
            state,
            respond(number, state),
            now=number / 10,
            policy=policy,
            fused=lambda probes: Comparison(fused, 0.5),
        )
        shown.append(progress)
        if state.verdict is not None:
            break
    return state, shown


def moving(state):
    return isinstance(state.stage, Moving)


def lit(state):
    return isinstance(state.stage, Light)


def at_the_last(state):
    """The last movement is on, or was the last."""
    return isinstance(state.stage, Closing) or (
        moving(state) and state.stage.trial.done >= STEPS - 1
    )


def obedient(number, state, *, condition=GOOD):
    """Reacts later than the rest of a hold takes: what is shown ahead is followed afterwards."""
    head = toward(state.stage.trial.cue) if moving(state) else STRAIGHT
    return frame_of(number, condition, head=head, step=state.step_on_show)


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


LIT = replace(ALWAYS, light=True)


def in_the_light(number, state):
    """Looks at a page that shines, and takes on its colours."""
    if not lit(state):
        return obedient(number, state)
    shown = state.stage.trial.shown(number / 10)
    return frame_of(number, head=Head(lit=LIGHT[shown.colour]), step=state.step_on_show)


def test_who_takes_on_the_light_has_three_movements_left():
    state, shown = dialogue(in_the_light, policy=LIT)

    assert state.verdict.verified
    asked = [progress.asked for progress in shown if progress.asked]
    lights = {one.number for one in asked if isinstance(one, ShownColour)}
    assert lights == set(range(1, coloured_light.COLOURS + 1))
    assert {one.number for one in asked} - lights == {coloured_light.COLOURS + n for n in (1, 2, 3)}
    assert [p.share for p in shown] == sorted(p.share for p in shown)


def test_light_and_movements_hold_17_bits():
    assert coloured_light.bits() + bits(LIT.course) >= 17


def test_who_does_not_take_on_the_light_is_refused():
    state, shown = dialogue(obedient, policy=LIT)

    assert state.verdict.reason is Reason.LIGHT_UNSEEN
    assert state.verdict.counted
    assert all(isinstance(one.asked, ShownColour | None) for one in shown)


def test_who_is_lit_and_does_not_move_is_refused():
    def stiff(number, state):
        return (
            in_the_light(number, state) if lit(state) else frame_of(number, step=state.step_on_show)
        )

    assert dialogue(stiff, policy=LIT)[0].verdict.reason is Reason.CHALLENGE_FAILED


def test_light_that_no_frame_tells_of_ends_in_time():
    def dark(number, state):
        made = in_the_light(number, state)
        return replace(made, frame=replace(made.frame, tint=None)) if lit(state) else made

    state, shown = dialogue(dark, policy=LIT)

    assert state.verdict.reason is Reason.LIGHT_UNSEEN
    assert len(shown) / 10 < coloured_light.SEQUENCE_SECONDS + 5


def test_another_face_in_the_light_starts_everything_anew():
    def swapped(number, state):
        box = ELSEWHERE if lit(state) and number == 20 else None
        made = in_the_light(number, state)
        face = replace(made.frame.face, box=box or made.frame.face.box)
        return replace(made, frame=replace(made.frame, face=face))

    state, shown = dialogue(swapped, policy=LIT)

    assert state.verdict.verified
    numbers = [progress.step for progress in shown if isinstance(progress.asked, ShownColour)]
    assert len(set(numbers)) > coloured_light.COLOURS
    assert state.breaks > 0


def test_without_anything_odd_no_light_is_asked_for():
    unsure = replace(LIT, challenge=Challenge.UNSURE)

    assert all(one.asked is None for one in dialogue(in_the_light, policy=unsure)[1])


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


def moving_blurred(number, state):
    """Too turned to be compared while it moves, so that the face is still owed at the end."""
    return obedient(number, state, condition="blurred" if moving(state) else GOOD)


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
    def respond(number, state):
        move = moves[number] if number < len(moves) else "nobody"
        if move == "follow":
            return obedient(number, state)
        return frame_of(number, condition=GOOD if move == "stay" else move, step=state.step_on_show)

    state, _ = dialogue(respond, frames=max(1, len(moves)))

    verified = state.verdict is not None and state.verdict.verified
    assert not verified or isinstance(state.stage, Closing)
    assert not verified or len(state.stage.closing) >= 3
