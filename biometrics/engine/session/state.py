"""Where a face step stands: the stage, and what all stages have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometrics.engine.pad.motion import MotionWatch
from biometrics.engine.pad.stream import Watch
from biometrics.engine.session.stages import Closing, Light, Matching, Moving

if TYPE_CHECKING:
    from biometrics.engine.session.stages import Stage
    from biometrics.engine.session.values import Verdict
    from biometrics.engine.types import Face

NOTHING_SEEN = Watch()
NOTHING_GAINED = Matching()
NOTHING_MOVED = MotionWatch()


@dataclass(frozen=True, slots=True)
class State:
    """One face step after some frames.

    `started_at` is in seconds, and so is `pace`, the mean time from frame to frame of late. `seed`
    is the secret from which cues and colours are drawn. `motion` says how the face moves; it is
    watched only where the answer decides whether movements are asked for. `face` is where the face
    was seen last, and `frames_without_face` counts the frames in a row since.

    The counters are of the whole face step: `breaks` of movements or coloured light that were
    broken off, `stills` rows of matches that were too much alike, `compared` frames that were
    compared, `mismatches` those of somebody else (`mismatches_while_moving` among them), `attacks`
    frames of a presentation attack, and `fused_refusals` rows of matches that did not match as a
    whole.
    """

    started_at: float
    seed: bytes
    pace: float = 0.0
    stage: Stage = NOTHING_GAINED
    watch: Watch = NOTHING_SEEN
    motion: MotionWatch = NOTHING_MOVED
    face: Face | None = None
    frames_without_face: int = 0
    breaks: int = 0
    stills: int = 0
    compared: int = 0
    mismatches: int = 0
    mismatches_while_moving: int = 0
    attacks: int = 0
    fused_refusals: int = 0
    verdict: Verdict | None = None

    @property
    def step_on_show(self) -> int:
        """The number of the cue or colour that the page shows, 0 where it shows none."""
        return self.stage.step_on_show

    @property
    def highest_step_shown(self) -> int:
        """The highest number of a cue or colour that the page ever showed."""
        return self.stage.highest_step_shown

    @property
    def needs_tint(self) -> bool:
        """Whether the engine must measure the colour of the face in the next frame."""
        return isinstance(self.stage, Light)

    @property
    def movement_mistakes(self) -> int:
        """Mistakes in the movements, those that were broken off before not included."""
        match self.stage:
            case Moving(trial=trial):
                return trial.mistakes
            case Closing(mistakes=mistakes):
                return mistakes
            case _:
                return 0
