"""Frames of drawn heads that turn, as the scripted engine reads them."""

from __future__ import annotations

from typing import Any

import numpy as np

from biometrics.engine.session import JudgedFrame
from biometrics.engine.types import (
    Comparison,
    FrameResult,
    Hint,
    PadResult,
    Quality,
    Template,
)
from tests.support.scripted_engine import FRONTAL, Head

STRAIGHT = Head()
# What the page shines in.
LIGHT = ((255, 64, 64), (64, 255, 64), (64, 64, 255))


def toward(cue: Any, *, share: float = 1.0) -> Head:
    """The head that answers a cue, given as it is on the socket or in the engine."""
    kind, target = (cue["kind"], cue["target"]) if isinstance(cue, dict) else (cue.kind, cue.target)
    if kind == "come_closer":
        return Head(size=max(0.8, 1 + (target - 1) * share))
    if kind == "light":
        return Head(lit=LIGHT[int(target)])
    if kind == "close_eyes":
        return Head(shut=share > 0.5)
    ways = {"turn_left": (1, 0), "turn_right": (-1, 0), "turn_up": (0, 1), "turn_down": (0, -1)}
    yaw, pitch = ways[kind]
    return Head(yaw * target * share, pitch * target * share)


def evidence(
    number: int,
    head: Head = STRAIGHT,
    *,
    step: int = 0,
    score: float = 0.9,
    pad: float = 0.9,
    sent: float | None = None,
    flat: bool = False,
    frontal: float = FRONTAL,
) -> JudgedFrame:
    """Frame `number` of one person, compared up to `frontal` degrees to a side.

    `flat` turns a picture of a head, whose nose stays put.
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
        tint=head.tint,
    )
    comparison = Comparison(score, 0.5) if fit else None
    return JudgedFrame(frame, comparison, str(number).encode(), step=step, sent=sent)
