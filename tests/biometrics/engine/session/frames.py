"""A judged frame as a row of small numbers, so that whole streams fit into a file.

No number comes from a person: the faces are the heads of the scripted engine, and the templates are
made from a seed.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from biometrics.engine.session import JudgedFrame
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
from tests.biometrics.engine.session.heads import LIGHT
from tests.support.drawn_views import PHASES, held, living, standing
from tests.support.scripted_engine import Head

if TYPE_CHECKING:
    from collections.abc import Sequence

    from biometrics.engine.types import FloatArray

WIDTH, HEIGHT = 640, 480
THRESHOLD = 0.5
# The score that the mean of several templates needs.
FUSED_THRESHOLD = 0.7
REFERENCE = np.eye(16, dtype=np.float32)[0]
# The recording holds a hint's place in this row: a new hint goes to the end of it.
HINTS = (
    Hint.NONE,
    Hint.NO_FACE,
    Hint.SEVERAL_FACES,
    Hint.COME_CLOSER,
    Hint.MOVE_BACK,
    Hint.CENTRE,
    Hint.TOO_DARK,
    Hint.TOO_BRIGHT,
    Hint.TURN_TO_LIGHT,
    Hint.BLURRED,
    Hint.COVERED,
    Hint.LOOK_AT_CAMERA,
    Hint.OPEN_EYES,
    Hint.HOLD_STILL,
)
NOT_THERE = -1
FLOWS = (living, held, standing)


class FrameValues(NamedTuple):
    """What the state machine learns about one frame. Times are in milliseconds.

    `yaw` and `pitch` are in tenths of a degree, `size`, `score` and `pad` in hundredths.
    `tint` is the number of the light's colour on the face, or 3 if only the room lights it. `place`
    counts steps of 60 pixels to the right. `person` 1 is the voter, 2 somebody else. NOT_THERE
    stands for a value that is missing. `flow` is a place in FLOWS: how the picture moves.
    """

    now: int
    sent: int
    step: int
    digest: int
    fingerprint: int
    scene: int = NOT_THERE
    hint: int = 0
    face: int = 1
    mesh: int = 1
    place: int = 0
    yaw: int = 0
    pitch: int = 0
    size: int = 100
    shut: int = 0
    flat: int = 0
    tint: int = 3
    person: int = 1
    still: int = 0
    score: int = 90
    pad: int = 90
    flow: int = 0


def judged_frame(values: FrameValues) -> JudgedFrame:
    face = _face(values) if values.face else None
    template = _template(values) if values.person != NOT_THERE else None
    pad = PadResult(values.pad / 100, THRESHOLD) if values.pad != NOT_THERE else None
    frame = FrameResult(
        width=WIDTH,
        height=HEIGHT,
        faces=(face,) if face else (),
        face=face,
        quality=Quality(HINTS[values.hint], 0.5, 120.0, 1.0, 0.9),
        template=template,
        pad=pad,
        fingerprint=values.fingerprint * 0x9E3779B97F4A7C15 % 2**64,
        scene=_scene(values.scene) if values.scene != NOT_THERE else None,
        view=FLOWS[values.flow](values.digest % PHASES) if face else None,
        tint=_light(values.tint) if values.tint != NOT_THERE else None,
    )
    scored = template is not None and values.score != NOT_THERE
    return JudgedFrame(
        frame,
        Comparison(values.score / 100, THRESHOLD) if scored else None,
        str(values.digest).encode(),
        step=values.step,
        sent=None if values.sent == NOT_THERE else values.sent / 1000,
    )


def fused(templates: Sequence[Template]) -> Comparison:
    """Compare the mean of the templates with the voter's reference."""
    mean = np.mean([template.vector for template in templates], axis=0)
    return Comparison(float(mean @ REFERENCE), FUSED_THRESHOLD)


def _face(values: FrameValues) -> Face:
    head = Head(values.yaw / 10, values.pitch / 10, values.size / 100, bool(values.shut))
    face = head.face(WIDTH, HEIGHT)
    if values.flat:
        face = replace(face, landmarks=Head(size=head.size).face(WIDTH, HEIGHT).landmarks)
    if not values.mesh:
        face = replace(face, landmarks=None, pose=None)
    right = 60.0 * values.place
    box = Box(face.box.left + right, face.box.top, face.box.right + right, face.box.bottom)
    return replace(face, box=box)


def _template(values: FrameValues) -> Template:
    """All frames of a still have the same template; those of a living person differ."""
    noise = np.random.default_rng(0 if values.still else values.digest).normal(size=16)
    person = np.eye(16)[values.person - 1]
    vector = person + 0.2 * noise / np.linalg.norm(noise)
    vector = (vector / np.linalg.norm(vector)).astype(np.float32)
    return Template(vector, "e", "0" * 64)


def _light(colour: int) -> FloatArray:
    return Head(lit=LIGHT[colour] if colour < len(LIGHT) else None).tint


@cache
def _scene(number: int) -> FloatArray:
    return np.random.default_rng(number).uniform(0, 255, (12, 16)).astype(np.float32)
