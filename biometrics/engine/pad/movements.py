"""The movement challenge: whether a head has answered what it was asked, one cue at a time.

A head answers by holding the asked position for a few frames; a flat picture that is turned does
not, because its nose stays between its eyes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from biometrics.engine import landmarks as mesh
from biometrics.engine.pad.cues import STEPS, Course, Cue, Kind, draw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from biometrics.engine.types import Face

WHOLE = Course()
STEP_SECONDS = 8.0
# About a quarter of a second at the page's pace: a sweep that passes through does not stay so long.
HOLD_FRAMES = 3
MAX_MISTAKES = 1
# Nobody leaves a position sooner than this after having been told to: what is still missing of a
# hold then, or of the row of matches before the first cue, is seen before the head moves.
QUICKEST_REACTION = 0.3
# Nobody reacts at once: until then the head may still be where the last cue wanted it.
REACTION_SECONDS = 1.5
# So long in all a head may be in a wrong place and come no nearer. Time and not frames, and not in
# a row: a film whose person looks here and there, or who sends few frames, must not have longer
# for finding the place by chance.
STRAYED_SECONDS = 0.4
# Degrees off the neutral position, on the other side or across.
MAX_OPPOSITE = 8.0
# Three people who turned by 20 to 41 degrees nodded by 21 at the most while they did.
MAX_ACROSS = 22.0
# Nose offset, in eye distances, over the sine of the turn: 0.80 to 1.08 sideways and 0.56 to 0.77
# up and down for three people; 0 for a flat picture. Half of the smallest is asked for.
MIN_PARALLAX_SIDEWAYS = 0.40
MIN_PARALLAX_UPRIGHT = 0.28


@dataclass(frozen=True, slots=True)
class Zone:
    """`tolerance` either side of the target counts; `overshoot` beyond it is a mistake."""

    tolerance: float
    overshoot: float


TURN = Zone(tolerance=3.5, overshoot=14.0)
CLOSER = Zone(tolerance=0.075, overshoot=0.35)
# From half shut to shut.
SHUT = Zone(tolerance=0.25, overshoot=math.inf)
ZONES = {Kind.COME_CLOSER: CLOSER, Kind.CLOSE_EYES: SHUT}


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a head is: degrees as in Pose, size in pixels, nose offset in eye distances.

    `eyes` as in Face.eyes_open, 0 where it was not measured.
    """

    yaw: float
    pitch: float
    size: float
    nose_across: float = 0.0
    nose_down: float = 0.0
    eyes: float = 0.0


@dataclass(frozen=True, slots=True)
class Shown:
    """A cue as the page shows it: `reached` is the share of the way to it, 1 at the target."""

    number: int
    cue: Cue
    reached: float
    seconds_left: float


@dataclass(frozen=True, slots=True)
class Trial:
    """The challenge so far. `number` counts the cues shown.

    `course` is what there was to come when this cue was drawn. `ahead` is the next cue where it is
    on show already, `foretold` whether it ever was while this one is judged.
    """

    seed: bytes
    neutral: Reading
    number: int
    cue: Cue
    since: float
    last: Reading
    course: Course = WHOLE
    held: int = 0
    ahead: Cue | None = None
    foretold: bool = False
    strayed: float = 0.0
    nearest: float = math.inf
    judged: float | None = None
    mistakes: int = 0

    @property
    def done(self) -> int:
        """How many cues were answered."""
        return STEPS - self.course.steps

    @property
    def met(self) -> bool:
        return not self.course.steps

    @property
    def failed(self) -> bool:
        return self.mistakes > MAX_MISTAKES

    @property
    def at(self) -> float:
        return position(self.cue.kind, self.last, self.neutral)

    @property
    def step(self) -> int:
        """The number of the cue on show."""
        return self.number + (self.ahead is not None)

    @property
    def told(self) -> int:
        """The highest number of a cue that was ever on show."""
        return self.number + self.foretold

    def shown(self, now: float) -> Shown:
        """What the page is to show: the next cue as soon as the hold of this one cannot fail."""
        if self.ahead is not None:
            return self._shown(self.ahead, STEP_SECONDS)
        return self._shown(self.cue, max(0.0, self.since + STEP_SECONDS - now))

    def _shown(self, cue: Cue, seconds_left: float) -> Shown:
        start = 1.0 if cue.kind is Kind.COME_CLOSER else 0.0
        at = position(cue.kind, self.last, self.neutral)
        reached = max(0.0, min(1.4, (at - start) / (cue.target - start)))
        return Shown(self.step, cue, reached, seconds_left)


def read(face: Face) -> Reading | None:
    """None without a mesh: such a frame answers nothing."""
    if face.pose is None or face.landmarks is None:
        return None
    points = mesh.five_points(face.landmarks)
    # Turned back upright, so that a head leant to the side is not one that is turned.
    lean = math.radians(-face.pose.roll)
    turned = np.array([[math.cos(lean), -math.sin(lean)], [math.sin(lean), math.cos(lean)]])
    left, right, nose = points[:3] @ turned.T
    across = max(float(np.linalg.norm(right - left)), 1e-6)
    offset = (nose - (left + right) / 2) / across
    return Reading(
        face.pose.yaw,
        face.pose.pitch,
        face.box.height,
        float(offset[0]),
        float(offset[1]),
        face.eyes_open or 0.0,
    )


def neutral(readings: Sequence[Reading]) -> Reading:
    """The middle of what was seen while the person looked at the camera."""
    return Reading(
        *(
            median(getattr(reading, name) for reading in readings)
            for name in (one.name for one in fields(Reading))
        )
    )


def begin(seed: bytes, start: Reading, *, shown: int, now: float, course: Course = WHOLE) -> Trial:
    """`shown` cues were shown before, in a trial that was broken off: none is shown again."""
    cue = first(seed, shown=shown, course=course)
    return Trial(seed, start, shown + 1, cue, now, last=start, course=course)


def first(seed: bytes, *, shown: int, course: Course) -> Cue:
    """The cue that a trial begins with where `shown` were shown before it."""
    return draw(seed, shown + 1, course)


def seen_in_time(frames: int, pace: float) -> bool:
    """Whether so many frames, `pace` seconds apart, are in before anybody reacts."""
    return frames * pace <= QUICKEST_REACTION


def answer(trial: Trial, reading: Reading | None, *, step: int, now: float) -> Trial:
    """Judge one frame, taken when the page had seen cue `step`."""
    if trial.met or trial.failed:
        return trial
    if now - trial.since > STEP_SECONDS:
        return _mistake(trial, now)
    if not trial.number <= step <= trial.told or reading is None:
        return replace(trial, held=0, ahead=None)
    trial = replace(trial, last=reading)
    if _in_zone(trial, reading):
        return _held(trial, now)
    trial = _strayed(replace(trial, held=0, ahead=None), reading, now)
    return _mistake(trial, now) if trial.strayed >= STRAYED_SECONDS else trial


def _strayed(trial: Trial, reading: Reading, now: float) -> Trial:
    """Add the time since the last frame if the head is in a wrong place and comes no nearer."""
    away = abs(trial.at - trial.cue.target) + _across(trial, reading)
    lost = away >= trial.nearest and _strays(trial, reading)
    late = now - trial.since > REACTION_SECONDS
    passed = 0.0 if trial.judged is None else now - trial.judged
    return replace(
        trial,
        strayed=trial.strayed + passed if late and lost else trial.strayed,
        nearest=min(trial.nearest, away),
        judged=now,
    )


def position(kind: Kind, reading: Reading, start: Reading) -> float:
    """How far the asked movement has gone, in the units of its cue's target."""
    match kind:
        case Kind.TURN_LEFT:
            return reading.yaw - start.yaw
        case Kind.TURN_RIGHT:
            return start.yaw - reading.yaw
        case Kind.TURN_UP:
            return reading.pitch - start.pitch
        case Kind.TURN_DOWN:
            return start.pitch - reading.pitch
        case Kind.COME_CLOSER:
            return reading.size / max(start.size, 1e-6)
        case Kind.CLOSE_EYES:
            return 1 - reading.eyes / start.eyes if start.eyes and reading.eyes else 0.0


def _held(trial: Trial, now: float) -> Trial:
    held = trial.held + 1
    if held < HOLD_FRAMES:
        return _held_on(replace(trial, held=held), now)
    return _next(trial, trial.course.after(trial.cue), trial.number + 1, now)


def _held_on(trial: Trial, now: float) -> Trial:
    """One more frame of a hold: the next cue is shown if the rest takes less than a reaction.

    Once: who has left too soon for all that is shown it when the hold is over.
    """
    pace = math.inf if trial.judged is None else now - trial.judged
    certain = seen_in_time(HOLD_FRAMES - trial.held, pace)
    after = trial.course.after(trial.cue)
    if certain and after.steps and not trial.foretold:
        ahead = draw(trial.seed, trial.number + 1, after)
        return replace(trial, judged=now, ahead=ahead, foretold=True)
    return replace(trial, judged=now)


def _mistake(trial: Trial, now: float) -> Trial:
    """Too late or another way: a new cue, so that nothing is learnt from the old one."""
    failed = replace(trial, mistakes=trial.mistakes + 1)
    return _next(failed, trial.course.anew(), trial.told + 1, now)


def _next(trial: Trial, course: Course, number: int, now: float) -> Trial:
    """The cue after this one, or after a mistake, where there is one."""
    trial = replace(trial, course=course, held=0, ahead=None)
    if trial.met or trial.failed:
        return trial
    return Trial(
        trial.seed,
        trial.neutral,
        number,
        draw(trial.seed, number, course),
        now,
        last=trial.last,
        course=course,
        mistakes=trial.mistakes,
    )


def _in_zone(trial: Trial, reading: Reading) -> bool:
    zone = _zone(trial.cue.kind)
    if abs(trial.at - trial.cue.target) > zone.tolerance:
        return False
    return _across(trial, reading) <= MAX_ACROSS and _has_depth(trial, reading)


def _strays(trial: Trial, reading: Reading) -> bool:
    kind, zone = trial.cue.kind, _zone(trial.cue.kind)
    if trial.at > trial.cue.target + zone.overshoot or _across(trial, reading) > MAX_ACROSS:
        return True
    return kind not in ZONES and trial.at < -MAX_OPPOSITE


def _zone(kind: Kind) -> Zone:
    return ZONES.get(kind, TURN)


def _across(trial: Trial, reading: Reading) -> float:
    """Degrees turned in a direction that was not asked for."""
    yaw = abs(reading.yaw - trial.neutral.yaw)
    pitch = abs(reading.pitch - trial.neutral.pitch)
    match trial.cue.kind:
        case Kind.TURN_LEFT | Kind.TURN_RIGHT:
            return pitch
        case Kind.TURN_UP | Kind.TURN_DOWN:
            return yaw
        case Kind.COME_CLOSER | Kind.CLOSE_EYES:
            return max(yaw, pitch)


def _has_depth(trial: Trial, reading: Reading) -> bool:
    """The nose has left the eyes' middle as far as a nose in front of a face does."""
    turn = math.sin(math.radians(trial.at))
    match trial.cue.kind:
        case Kind.TURN_LEFT:
            return _moved(reading.nose_across - trial.neutral.nose_across, turn)
        case Kind.TURN_RIGHT:
            return _moved(trial.neutral.nose_across - reading.nose_across, turn)
        case Kind.TURN_UP:
            way = trial.neutral.nose_down - reading.nose_down
            return way >= MIN_PARALLAX_UPRIGHT * turn
        case Kind.TURN_DOWN:
            way = reading.nose_down - trial.neutral.nose_down
            return way >= MIN_PARALLAX_UPRIGHT * turn
        case Kind.COME_CLOSER | Kind.CLOSE_EYES:
            return True


def _moved(way: float, turn: float) -> bool:
    return way >= MIN_PARALLAX_SIDEWAYS * turn
