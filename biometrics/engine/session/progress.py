"""What the page may show after a frame: never a score or a threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometrics.engine.pad.cues import STEPS
from biometrics.engine.pad.movements import HOLD_FRAMES, STEP_SECONDS, ShownCue
from biometrics.engine.session.stages import CLOSING_FRAMES, Closing, Light, Matching, Moving
from biometrics.engine.session.values import STEPS_AFTER_LIGHT, Challenge
from biometrics.engine.types import Hint

if TYPE_CHECKING:
    from biometrics.engine.pad.coloured_light import ShownColour
    from biometrics.engine.session.stages import Stage
    from biometrics.engine.session.state import State
    from biometrics.engine.session.values import Policy
    from biometrics.engine.types import FrameResult


@dataclass(frozen=True, slots=True)
class Progress:
    """`share` is of the whole way, 0 to 1. `box` is the face, its edges in shares of the frame:
    left, top, right, bottom. `asked` is the cue or colour to show.
    """

    hint: Hint
    share: float
    box: tuple[float, float, float, float] | None = None
    asked: ShownCue | ShownColour | None = None

    @property
    def step(self) -> int:
        """The number of the cue or colour on show, 0 where there is none."""
        return self.asked.number if self.asked else 0


NOTHING = Progress(Hint.NONE, 0.0)


def progress_after(
    state: State, frame: FrameResult, hint: Hint, *, policy: Policy, now: float
) -> Progress:
    """What to show after `frame`, which led to `state`."""
    return Progress(hint, _share(state, policy), _box(frame), asked=on_show(state, now))


def on_show(state: State, now: float) -> ShownCue | ShownColour | None:
    """The cue or the colour that the page is to show, if any."""
    match state.stage:
        case Matching(announced=cue):
            return ShownCue(state.step_on_show, cue, 0.0, STEP_SECONDS) if cue else None
        case Light(trial=light):
            return light.shown(now)
        case Moving(trial=movement):
            return movement.shown(now)
        case Closing():
            return None


def _share(state: State, policy: Policy) -> float:
    """The share of frames that are done. Each cue counts for as many frames as it is held."""
    if state.verdict is not None:
        return 1.0 if state.verdict.verified else 0.0
    whole = policy.frames_needed
    if policy.challenge is Challenge.ALWAYS or not isinstance(state.stage, Matching):
        whole += STEPS * HOLD_FRAMES + CLOSING_FRAMES
    done = _frames_of_matching(state.stage, policy) + _frames_after_matching(state.stage)
    return min(1.0, done / whole)


def _frames_of_matching(stage: Stage, policy: Policy) -> int:
    """In a constant cadence: who tries out faces must not learn which of the frames matched.

    The last frame is done only when the row is.
    """
    if isinstance(stage, Matching):
        return min(stage.compared, policy.frames_needed - 1)
    return len(stage.matches)


def _frames_after_matching(stage: Stage) -> int:
    match stage:
        case Matching():
            return 0
        case Light(trial=light):
            return round(light.share * (STEPS - STEPS_AFTER_LIGHT) * HOLD_FRAMES)
        case Moving(trial=movement, closing=closing):
            return movement.done * HOLD_FRAMES + movement.held + len(closing)
        case Closing(closing=closing):
            return STEPS * HOLD_FRAMES + len(closing)


def _box(frame: FrameResult) -> tuple[float, float, float, float] | None:
    if frame.face is None:
        return None
    box = frame.face.box
    return (
        box.left / frame.width,
        box.top / frame.height,
        box.right / frame.width,
        box.bottom / frame.height,
    )
