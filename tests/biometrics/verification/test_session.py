"""The state machine: what it takes to be verified, and all that is not enough."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometrics.engine import session
from biometrics.engine.session import Evidence, Policy, Reason
from biometrics.engine.types import (
    Box,
    Comparison,
    Face,
    FrameResult,
    Hint,
    PadResult,
    Quality,
    Template,
)

POLICY = Policy(frames_needed=10, seconds=60, pad_required=True)
TEMPLATE = Template(np.ones(4, dtype=np.float32) / 2, "e", "0" * 64)
HERE = Box(200, 100, 400, 350)
ELSEWHERE = Box(0, 0, 100, 120)
GOOD = "good"


def evidence(number, *, kind=GOOD, box=HERE):
    fit = kind != "blurred"
    face = None if kind == "nobody" else Face(box, 0.9)
    hint = {"nobody": Hint.NO_FACE, "blurred": Hint.BLURRED}.get(kind, Hint.NONE)
    judged = face is not None and fit
    frame = FrameResult(
        width=640,
        height=480,
        faces=(face,) if face else (),
        face=face,
        quality=Quality(hint, 0.2, 0.5, 0.5, 0.9),
        template=TEMPLATE if judged else None,
        pad=PadResult(0.1 if kind == "attack" else 0.9, 0.5) if judged else None,
        fingerprint=number,
    )
    score = 0.1 if kind == "stranger" else 0.9
    return Evidence(frame, Comparison(score, 0.5) if judged else None, str(number).encode())


def run(frames, *, policy=POLICY, fused=0.9):
    state = session.begin(0.0)
    for number, frame in enumerate(frames):
        state, _ = session.step(
            state,
            frame,
            now=number / 10,
            policy=policy,
            fused=lambda probes: Comparison(fused, 0.5),
        )
    return state


def test_ten_good_frames_in_a_row_verify():
    state = run([evidence(number) for number in range(10)])

    assert state.verdict is not None
    assert state.verdict.verified


def test_nine_good_frames_do_not():
    state = run([evidence(number) for number in range(9)])

    assert state.verdict is None


@pytest.mark.parametrize("kind", ["nobody", "blurred", "stranger", "attack"])
def test_one_bad_frame_starts_the_row_again(kind):
    frames = [evidence(n) for n in range(9)] + [evidence(9, kind=kind)]

    state = run([*frames, *(evidence(n) for n in range(10, 19))])

    assert state.verdict is None


def test_another_face_in_another_place_starts_the_row_again():
    frames = [evidence(n) for n in range(9)] + [evidence(n, box=ELSEWHERE) for n in range(9, 18)]

    state = run(frames)

    assert state.verdict is None


def test_the_same_frame_again_and_again_is_not_a_row():
    state = run([evidence(1)] * 60)

    assert state.verdict is not None
    assert state.verdict.reason is Reason.STREAM


def test_frames_that_match_do_not_help_when_their_mean_does_not():
    state = run([evidence(number) for number in range(20)], fused=0.1)

    assert state.verdict is not None
    assert state.verdict.reason is Reason.NO_MATCH


@pytest.mark.parametrize(
    ("kind", "reason"), [("stranger", Reason.NO_MATCH), ("attack", Reason.NOT_LIVE)]
)
def test_who_goes_on_failing_is_refused_and_it_counts(kind, reason):
    state = run([evidence(number, kind=kind) for number in range(25)])

    assert state.verdict is not None
    assert state.verdict.reason is reason
    assert state.verdict.counted


def test_an_empty_chair_times_out_and_does_not_count():
    state = run([evidence(number, kind="nobody") for number in range(700)])

    assert state.verdict is not None
    assert state.verdict.reason is Reason.TIMED_OUT
    assert not state.verdict.counted


def test_without_a_pad_result_nobody_passes_where_it_is_required():
    bare = evidence(0)
    frames = [
        Evidence(
            FrameResult(
                **{
                    name: getattr(bare.frame, name)
                    for name in FrameResult.__slots__
                    if name not in {"pad", "fingerprint"}
                },
                pad=None,
                fingerprint=number,
            ),
            bare.comparison,
            str(number).encode(),
        )
        for number in range(10)
    ]

    assert run(frames).verdict is None
    assert run(frames, policy=Policy(10, 60, pad_required=False)).verdict is not None


@given(st.lists(st.sampled_from([GOOD, "nobody", "blurred", "stranger", "attack"]), max_size=60))
def test_only_ten_good_frames_in_a_row_ever_verify(kinds):
    state = run([evidence(number, kind=kind) for number, kind in enumerate(kinds)])

    verified = state.verdict is not None and state.verdict.verified
    assert not verified or "g" * 10 in "".join("g" if kind == GOOD else "-" for kind in kinds)


def test_a_verdict_is_final():
    refused = run([evidence(number, kind="stranger") for number in range(25)])

    state, _ = session.step(
        refused,
        evidence(99),
        now=3,
        policy=POLICY,
        fused=lambda probes: Comparison(1, 0),
    )

    assert state is refused
