"""The stages of the face step, each with what it remembers and what a frame changes in it.

Matching -> (Light ->) Moving -> Closing. What ends a stage is in `machine`.

In all of them `matches` are the templates of the frames that matched in a row. The steps are the
cues and colours of a session, numbered in the order in which the page showed them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from biometrics.engine.pad import coloured_light, movements
from biometrics.engine.pad.cues import STEPS

if TYPE_CHECKING:
    from biometrics.engine.pad.coloured_light import LightTrial
    from biometrics.engine.pad.cues import Cue
    from biometrics.engine.pad.movements import MovementTrial, Reading
    from biometrics.engine.session.values import JudgedFrame
    from biometrics.engine.types import Template

CLOSING_FRAMES = 3


@dataclass(frozen=True, slots=True)
class Checked:
    """What the machine makes of a frame before its stage takes it in.

    `matched` is the template of a good frame, which shows the voter alive. `compared` says whether
    the frame was fit to be compared with the reference, whatever came out.
    """

    matched: Template | None = None
    compared: bool = False


@dataclass(frozen=True, slots=True)
class Matching:
    """A row of good frames: they show one face, which is the voter's and alive.

    `readings` say where the head was in them. `compared` counts the frames in a row that could be
    compared, whether they matched or not. `steps_shown` counts the steps of the stages that were
    broken off before. `announced` is the first cue, where the page shows it already while the last
    matches are awaited.
    """

    matches: tuple[Template, ...] = ()
    compared: int = 0
    readings: tuple[Reading, ...] = ()
    steps_shown: int = 0
    announced: Cue | None = None

    @property
    def step_on_show(self) -> int:
        """The number of the step that the page shows; 0 if it shows none."""
        return self.steps_shown + 1 if self.announced else 0

    @property
    def highest_step_shown(self) -> int:
        """The highest number of a step that the page ever showed."""
        return self.steps_shown + (self.announced is not None)

    def with_frame(self, frame: JudgedFrame, *, checked: Checked, now: float) -> Matching:
        """A good frame is added to the row; any other frame starts the row again."""
        compared = self.compared + 1 if checked.compared else 0
        matched = checked.matched
        if matched is None:
            return replace(started_again(self), compared=compared)
        face = frame.frame.face
        reading = movements.read(face) if face else None
        return replace(
            self,
            compared=compared,
            matches=(*self.matches, matched),
            readings=(*self.readings, reading) if reading else self.readings,
        )


@dataclass(frozen=True, slots=True)
class Light:
    """The page lights the face in one colour after another.

    `neutral` is where the head was while it matched.
    """

    matches: tuple[Template, ...]
    neutral: Reading
    trial: LightTrial

    @property
    def step_on_show(self) -> int:
        """The number of the step that the page shows; 0 if it shows none."""
        return self.trial.number

    @property
    def highest_step_shown(self) -> int:
        """The highest number of a step that the page ever showed."""
        return self.trial.number

    def with_frame(self, frame: JudgedFrame, *, checked: Checked, now: float) -> Light:
        """The tint of the face is noted. Nothing is compared: the light changes the face."""
        trial = coloured_light.answer(self.trial, frame.frame.tint, step=frame.step)
        return replace(self, trial=trial)


@dataclass(frozen=True, slots=True)
class Moving:
    """The head does one movement after another.

    `closing` are the templates of the frames in which the last movement is held, as far as they
    match in a row: nothing is left to come after it, so they count for the closing already.
    """

    matches: tuple[Template, ...]
    trial: MovementTrial
    closing: tuple[Template, ...] = ()

    @property
    def step_on_show(self) -> int:
        """The number of the step that the page shows; 0 if it shows none."""
        return self.trial.step

    @property
    def highest_step_shown(self) -> int:
        """The highest number of a step that the page ever showed."""
        return self.trial.highest_step_shown

    def with_frame(self, frame: JudgedFrame, *, checked: Checked, now: float) -> Moving | Closing:
        """The head's position answers the cue or does not. The last answer leads to the closing."""
        face = frame.frame.face
        reading = movements.read(face) if face else None
        trial = movements.answer(self.trial, reading, step=frame.step, now=now)
        closing = self._closing(trial, checked.matched)
        if trial.met:
            return Closing(self.matches, closing, trial.highest_step_shown, trial.mistakes)
        return replace(self, trial=trial, closing=closing)

    def _closing(self, trial: MovementTrial, matched: Template | None) -> tuple[Template, ...]:
        is_last = self.trial.done == STEPS - 1
        answers = trial.met or trial.held > self.trial.held
        return (*self.closing, matched) if matched and is_last and answers else ()


@dataclass(frozen=True, slots=True)
class Closing:
    """All movements are done; the same face must match once more.

    So nobody can take the voter's place after the last movement. `closing` are the templates of
    this last row, `mistakes` those of the movements.
    """

    matches: tuple[Template, ...]
    closing: tuple[Template, ...]
    highest_step_shown: int
    mistakes: int

    @property
    def step_on_show(self) -> int:
        """The number of the step that the page shows; 0 if it shows none."""
        return 0

    @property
    def complete(self) -> bool:
        """Whether the last row has all its frames."""
        return len(self.closing) >= CLOSING_FRAMES

    def with_frame(self, frame: JudgedFrame, *, checked: Checked, now: float) -> Closing:
        """A good frame is added to the last row; any other frame starts that row again."""
        matched = checked.matched
        return replace(self, closing=(*self.closing, matched) if matched else ())


Stage = Matching | Light | Moving | Closing


def started_again(stage: Stage) -> Matching:
    """The first stage, with nothing gained. No step that was shown before is shown again."""
    return Matching(steps_shown=stage.highest_step_shown)
