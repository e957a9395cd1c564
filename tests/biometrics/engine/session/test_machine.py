"""The state machine: what it takes to be verified, and all that is not enough."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometrics.engine import session
from biometrics.engine.session import Policy, Reason, Verdict
from biometrics.engine.session.stages import Closing
from biometrics.engine.types import Comparison
from tests.biometrics.engine.session.dialogue import (
    ALWAYS,
    ELSEWHERE,
    POLICY,
    moving,
    run,
)
from tests.biometrics.engine.session.heads import (
    GOOD,
    frame_of,
)


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
    assert state.verdict.reason is Reason.CAMERA
    assert not state.verdict.counted


@pytest.mark.parametrize(
    ("pace", "reason"), [(0.1, None), (0.4, None), (0.7, Reason.CAMERA), (1.0, Reason.CAMERA)]
)
def test_movements_are_not_asked_of_a_camera_too_slow_to_show_them(pace, reason):
    state = session.begin(0.0, b"seed")
    for number in range(12):
        state, _progress = session.step(
            state,
            replace(frame_of(number), sent=None),
            now=number * pace,
            policy=ALWAYS,
            fused=lambda _probes: Comparison(0.9, 0.5),
        )

    assert moving(state) is (reason is None)
    assert state.verdict == (Verdict(verified=False, reason=reason) if reason else None)
    assert state.verdict is None or not state.verdict.counted


def paced(pauses, picture=frame_of):
    """The state after a frame at the end of each pause, in seconds."""
    state, now = session.begin(0.0, b"seed"), 0.0
    for number, pause in enumerate(pauses):
        now += pause
        state, _progress = session.step(
            state,
            replace(picture(number), sent=None),
            now=now,
            policy=ALWAYS,
            fused=lambda _probes: Comparison(0.9, 0.5),
        )
    return state


@pytest.mark.parametrize("place", [1, 5, 9])
def test_one_pause_of_a_busy_computer_is_no_slow_camera(place):
    pauses = [0.1] * 10
    pauses[place] = 4.0

    assert moving(paced(pauses))


def test_a_slow_camera_whose_picture_is_sent_several_times_is_slow():
    """One new picture a second, each of them sent five times."""
    state = paced([0.2] * 55, picture=lambda number: frame_of(number // 5))

    assert state.verdict == Verdict(verified=False, reason=Reason.CAMERA)


def test_whoever_tries_out_faces_does_not_get_out_by_a_fault_of_the_device():
    strangers = [frame_of(number, condition="stranger") for number in range(20)]

    stuck = run([*strangers, *[frame_of(20, condition="stranger")] * 45])
    wrong_time = run([*strangers, replace(frame_of(20), sent=900.0)])

    for state in (stuck, wrong_time):
        assert state.verdict == Verdict(verified=False, reason=Reason.NO_MATCH)
        assert state.verdict.counted


@pytest.mark.parametrize("sent", [0.0, 900.0])
def test_a_computer_that_slept_is_at_fault_itself(sent):
    state = run([*(frame_of(number) for number in range(5)), replace(frame_of(5), sent=sent)])

    assert state.verdict == Verdict(verified=False, reason=Reason.CAMERA)


def test_whoever_moves_before_a_slow_camera_makes_no_odd_stream():
    """The face is elsewhere in each frame; with a fast camera that is somebody else's."""

    def picture(number):
        return frame_of(number, box=ELSEWHERE) if number % 2 else frame_of(number)

    slow, fast = paced([0.9] * 20, picture), paced([0.1] * 20, picture)

    assert slow.verdict is None
    assert fast.verdict == Verdict(verified=False, reason=Reason.STREAM)


def test_whoever_is_not_recognised_in_time_waits_no_longer_but_movements_go_on():
    policy = replace(ALWAYS, seconds=90, seconds_to_match=40)
    nobody = session.begin(0.0, b"seed")
    begun = replace(nobody, stage=Closing((), (), 0, 0))

    late, _progress = session.step(
        nobody, frame_of(1), now=41.0, policy=policy, fused=lambda _probes: Comparison(0.9, 0.5)
    )

    assert late.verdict == Verdict(verified=False, reason=Reason.TIMED_OUT)
    assert session.seconds_left(nobody, policy, 41.0) < 0
    assert session.seconds_left(begun, policy, 41.0) > 0
    assert session.seconds_left(begun, policy, 91.0) < 0


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
    assert session.miss(refused) is session.time_out(refused, POLICY) is refused
