"""Judged frames of heads that turn, and of all that can be wrong with a frame."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from biometrics.engine import session
from biometrics.engine.session import JudgedFrame
from biometrics.engine.types import (
    Comparison,
    FrameResult,
    Hint,
    PadResult,
    Quality,
    Template,
)
from tests.support.drawn_views import PHASES, living
from tests.support.scripted_engine import FRONTAL, Head

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from biometrics.engine.pad.cues import Cue
    from biometrics.engine.session import Policy, State
    from biometrics.engine.types import Box, View

STRAIGHT = Head()
GOOD = "good"
# The colours of the page's light, by their numbers.
LIGHT = ((255, 64, 64), (64, 255, 64), (64, 64, 255))


def toward(cue: Cue | dict[str, Any], *, share: float = 1.0) -> Head:
    """The head that has done this share of a cue, given as on the socket or as in the engine."""
    kind, target = (cue["kind"], cue["target"]) if isinstance(cue, dict) else (cue.kind, cue.target)
    if kind == "come_closer":
        return Head(size=max(0.8, 1 + (target - 1) * share))
    if kind == "light":
        return Head(lit=LIGHT[int(target)])
    if kind == "close_eyes":
        return Head(shut=share > 0.5)
    directions = {
        "turn_left": (1, 0),
        "turn_right": (-1, 0),
        "turn_up": (0, 1),
        "turn_down": (0, -1),
    }
    yaw, pitch = directions[kind]
    return Head(yaw * target * share, pitch * target * share)


def head_frame(
    number: int,
    head: Head = STRAIGHT,
    *,
    step: int = 0,
    score: float = 0.9,
    pad: float = 0.9,
    sent: float | None = None,
    flat: bool = False,
    frontal: float = FRONTAL,
    flow: Callable[[int], View] = living,
) -> JudgedFrame:
    """Frame `number` of one person, compared up to `frontal` degrees to a side.

    `flat` is a picture of a head that is turned: its nose stays between its eyes.
    `flow` draws how the picture moves from frame to frame.
    """
    face = head.face(640, 480)
    if flat:
        still = STRAIGHT.face(640, 480)
        assert face.landmarks
        assert still.landmarks
        face.landmarks.points[:] = still.landmarks.points
    fit = abs(head.yaw) <= frontal
    noise = np.random.default_rng(number).normal(0, 0.2, 16)
    vector = (np.eye(16)[0] + noise / np.linalg.norm(noise) * 0.2).astype(np.float32)
    vector /= np.linalg.norm(vector)
    frame = FrameResult(
        width=640,
        height=480,
        faces=(face,),
        face=face,
        quality=Quality(Hint.NONE if fit else Hint.LOOK_AT_CAMERA, 0.5, 120.0, 1.0, 0.9),
        template=Template(vector, "e", "0" * 64) if fit else None,
        pad=PadResult(pad, 0.5) if fit else None,
        fingerprint=number * 0x9E3779B97F4A7C15 % 2**64,
        view=flow(number % PHASES) if fit else None,
        tint=head.tint,
    )
    comparison = Comparison(score, 0.5) if fit else None
    return JudgedFrame(frame, comparison, str(number).encode(), step=step, sent=sent)


def frame_of(
    number: int,
    condition: str = GOOD,
    *,
    box: Box | None = None,
    step: int = 0,
    head: Head = STRAIGHT,
) -> JudgedFrame:
    """A frame that is good, or in which one thing is wrong.

    `condition` is GOOD, "attack", "stranger", "nobody" or "blurred". `box` moves the face.
    """
    judged = head_frame(
        number,
        head,
        step=step,
        score=0.1 if condition == "stranger" else 0.9,
        pad=0.1 if condition == "attack" else 0.9,
    )
    frame = judged.frame
    if box is not None and frame.face is not None:
        frame = replace(frame, face=replace(frame.face, box=box))
    if condition == "nobody":
        frame = replace(frame, faces=(), face=None, template=None, pad=None)
    if condition == "blurred":
        frame = replace(frame, template=None, pad=None)
    hint = {"nobody": Hint.NO_FACE, "blurred": Hint.BLURRED}.get(condition)
    if hint:
        frame = replace(frame, quality=Quality(hint, 0.2, 0.5, 0.5, 0.9))
    return replace(judged, frame=frame, comparison=judged.comparison if frame.template else None)


def state_after(frames: Iterable[JudgedFrame], *, policy: Policy, fused: float = 0.9) -> State:
    """The state after ten of these frames a second; `fused` is the score of their mean."""
    state = session.begin(0.0, b"seed")
    for number, frame in enumerate(frames):
        state, _ = session.step(
            state,
            frame,
            now=number / 10,
            policy=policy,
            fused=lambda probes: Comparison(fused, 0.5),
        )
    return state
