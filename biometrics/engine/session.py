"""The verification session: a pure state machine over frames. Clock and engine are passed in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from biometrics.engine.types import Hint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from biometrics.engine.types import Box, Comparison, FrameResult, Template

    Fused = Callable[[Sequence[Template]], Comparison]

# A face that jumps further between two frames is another face.
MIN_TRACK_IOU = 0.3
# This many judged frames may fail before the verdict is no; a single bad frame says nothing.
MAX_FAILED_FRAMES = 25
MAX_REPEATED_FRAMES = 40
MAX_FUSED_REFUSALS = 2


class Reason(StrEnum):
    """Why a session ended without success, as coarsely as the page may know it."""

    NO_MATCH = "no_match"
    NOT_LIVE = "not_live"
    TIMED_OUT = "timed_out"
    STREAM = "stream"
    AGAIN = "again"


COUNTED = frozenset({Reason.NO_MATCH, Reason.NOT_LIVE, Reason.STREAM})


@dataclass(frozen=True, slots=True)
class Policy:
    frames_needed: int
    seconds: float
    pad_required: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """One frame judged: `digest` tells a frame that was sent twice, `comparison` is 1:1."""

    frame: FrameResult
    comparison: Comparison | None
    digest: bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    verified: bool
    reason: Reason | None = None

    @property
    def counted(self) -> bool:
        return self.reason in COUNTED


@dataclass(frozen=True, slots=True)
class State:
    started_at: float
    streak: tuple[Template, ...] = ()
    box: Box | None = None
    last_digest: bytes = b""
    mismatches: int = 0
    attacks: int = 0
    repeats: int = 0
    fused_refusals: int = 0
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """What the page may show: `box` in fractions of the frame, `share` of the good frames."""

    hint: Hint
    share: float
    box: tuple[float, float, float, float] | None = None


def begin(now: float) -> State:
    return State(started_at=now)


def step(
    state: State, evidence: Evidence, *, now: float, policy: Policy, fused: Fused
) -> tuple[State, Progress]:
    """Judge one frame. Once `state.verdict` is set nothing changes it."""
    if state.verdict is not None:
        return state, Progress(Hint.NONE, 0.0)
    if now - state.started_at > policy.seconds:
        return time_out(state), Progress(Hint.NONE, 0.0)
    state = _follow(state, evidence)
    state, hint = _judge(state, evidence, policy)
    state = _decide(state, policy, fused)
    share = min(1.0, len(state.streak) / policy.frames_needed)
    return state, Progress(hint, share, _fractions(evidence.frame))


def time_out(state: State) -> State:
    """The time is over. Who was seen and did not match failed; who was not seen did not."""
    if state.attacks > state.mismatches:
        return _refuse(state, Reason.NOT_LIVE)
    if state.mismatches > len(state.streak):
        return _refuse(state, Reason.NO_MATCH)
    return _refuse(state, Reason.TIMED_OUT)


def _follow(state: State, evidence: Evidence) -> State:
    """Keep the streak only while it is one and the same face, without a gap."""
    face = evidence.frame.face
    if face is None:
        return replace(state, streak=(), box=None)
    if state.box is not None and state.box.iou(face.box) < MIN_TRACK_IOU:
        return replace(state, streak=(), box=face.box)
    return replace(state, box=face.box)


def _judge(state: State, evidence: Evidence, policy: Policy) -> tuple[State, Hint]:
    frame = evidence.frame
    if evidence.digest == state.last_digest:
        return replace(state, repeats=state.repeats + 1), Hint.NONE
    state = replace(state, last_digest=evidence.digest)
    if not frame.quality.acceptable or frame.template is None or evidence.comparison is None:
        return replace(state, streak=()), frame.quality.hint
    if policy.pad_required and (frame.pad is None or not frame.pad.bona_fide):
        return replace(state, streak=(), attacks=state.attacks + 1), Hint.TURN_TO_LIGHT
    if not evidence.comparison.match:
        return replace(state, streak=(), mismatches=state.mismatches + 1), Hint.LOOK_AT_CAMERA
    return replace(state, streak=(*state.streak, frame.template)), Hint.NONE


def _decide(state: State, policy: Policy, fused: Fused) -> State:
    if state.repeats >= MAX_REPEATED_FRAMES:
        return _refuse(state, Reason.STREAM)
    if state.attacks >= MAX_FAILED_FRAMES:
        return _refuse(state, Reason.NOT_LIVE)
    if state.mismatches >= MAX_FAILED_FRAMES:
        return _refuse(state, Reason.NO_MATCH)
    if len(state.streak) < policy.frames_needed:
        return state
    if fused(state.streak).match:
        return replace(state, verdict=Verdict(verified=True))
    refusals = state.fused_refusals + 1
    if refusals >= MAX_FUSED_REFUSALS:
        return _refuse(state, Reason.NO_MATCH)
    return replace(state, streak=(), fused_refusals=refusals)


def _refuse(state: State, reason: Reason) -> State:
    return replace(state, streak=(), verdict=Verdict(verified=False, reason=reason))


def _fractions(frame: FrameResult) -> tuple[float, float, float, float] | None:
    if frame.face is None:
        return None
    box = frame.face.box
    return (
        box.left / frame.width,
        box.top / frame.height,
        box.right / frame.width,
        box.bottom / frame.height,
    )
