"""The movement challenge: whether a head does the movements it is asked for, one cue at a time.

A head answers a cue when it holds the asked position for a few frames. A flat picture that is
turned does not answer, because its nose stays in the middle between its eyes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from biometrics.engine.faces import landmarks as mesh
from biometrics.engine.pad.cues import STEPS, Course, Cue, CueKind, draw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from biometrics.engine.types import Face

WHOLE_COURSE = Course()
# A cue must be answered within this time.
STEP_SECONDS = 8.0
# About a quarter of a second at the page's pace. A sweep that passes through is gone sooner.
HOLD_FRAMES = 3
MAX_MISTAKES = 1
# Seconds. Nobody leaves a position sooner than this after having been told to. So what is still
# missing of a hold, or of the row of matches before the first cue, is seen before the head moves.
QUICKEST_REACTION = 0.3
# Within this time the head may still be where the last cue wanted it.
REACTION_SECONDS = 1.5
# So long in all a head may be in a wrong place without coming nearer. It is time, not frames, and
# need not be in a row: a film whose person looks here and there, or a stream of few frames, must
# not have longer to find the place by chance.
STRAYED_SECONDS = 0.4
# Degrees from the neutral position to the opposite side, and across the asked direction.
MAX_OPPOSITE = 8.0
# Three people who turned by 20 to 41 degrees nodded by 21 degrees at the most while they did.
MAX_ACROSS = 22.0
# Movement of the nose, in eye distances, over the sine of the turn. For three people it was 0.80
# to 1.08 sideways and 0.56 to 0.77 up and down; for a flat picture it is 0. Half of the smallest
# value is asked for.
MIN_PARALLAX_SIDEWAYS = 0.40
MIN_PARALLAX_UPRIGHT = 0.28


@dataclass(frozen=True, slots=True)
class Zone:
    """Within `tolerance` of the target a cue is answered; `overshoot` beyond it is a wrong place.

    Both are in the units of the cue's target.
    """

    tolerance: float
    overshoot: float


TURN = Zone(tolerance=3.5, overshoot=14.0)
CLOSER = Zone(tolerance=0.075, overshoot=0.35)
# From half shut to shut.
SHUT = Zone(tolerance=0.25, overshoot=math.inf)
ZONES = {CueKind.COME_CLOSER: CLOSER, CueKind.CLOSE_EYES: SHUT}


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a head is in one frame.

    `yaw` and `pitch` are in degrees as in Pose, `size` is the height of the face in pixels. The
    offset of the nose from the middle between the eyes is in eye distances. `eyes` is as in
    Face.eyes_open, 0 where it was not measured.
    """

    yaw: float
    pitch: float
    size: float
    nose_across: float = 0.0
    nose_down: float = 0.0
    eyes: float = 0.0


@dataclass(frozen=True, slots=True)
class ShownCue:
    """A cue as the page shows it; `reached` is the share of the way to it, 1 at the target."""

    number: int
    cue: Cue
    reached: float
    seconds_left: float


@dataclass(frozen=True, slots=True)
class MovementTrial:
    """The movements of one session, as far as they were asked for and answered.

    `number` is that of the present `cue`, which was drawn from `course` and shown at `since`
    (seconds). `held` counts the frames in a row in which it was answered.

    `next_cue` is the next cue while it is on show already; `showed_next` says whether it ever was
    since the present cue is judged.

    `strayed` are the seconds spent in wrong places, `nearest` is how near to the target the head
    has come, `judged` is the time of the last frame that showed a head; all since this cue.
    """

    seed: bytes
    neutral: Reading
    number: int
    cue: Cue
    since: float
    last: Reading
    course: Course = WHOLE_COURSE
    held: int = 0
    next_cue: Cue | None = None
    showed_next: bool = False
    strayed: float = 0.0
    nearest: float = math.inf
    judged: float | None = None
    mistakes: int = 0

    @property
    def done(self) -> int:
        """How many cues were answered; with coloured light, those it stands for are included."""
        return STEPS - self.course.steps_left

    @property
    def met(self) -> bool:
        """Whether every cue was answered."""
        return not self.course.steps_left

    @property
    def failed(self) -> bool:
        """Whether there was one mistake too many."""
        return self.mistakes > MAX_MISTAKES

    @property
    def position(self) -> float:
        """How far the asked movement has gone, in the units of the cue's target."""
        return position(self.cue.kind, self.last, self.neutral)

    @property
    def step(self) -> int:
        """The number of the cue on show."""
        return self.number + (self.next_cue is not None)

    @property
    def highest_step_shown(self) -> int:
        """The highest number of a cue that was ever on show."""
        return self.number + self.showed_next

    def shown(self, now: float) -> ShownCue:
        """The cue that the page is to show: the next one once the hold of this one cannot fail."""
        if self.next_cue is not None:
            return self._shown(self.next_cue, STEP_SECONDS)
        return self._shown(self.cue, max(0.0, self.since + STEP_SECONDS - now))

    def _shown(self, cue: Cue, seconds_left: float) -> ShownCue:
        start = 1.0 if cue.kind is CueKind.COME_CLOSER else 0.0
        at = position(cue.kind, self.last, self.neutral)
        reached = max(0.0, min(1.4, (at - start) / (cue.target - start)))
        return ShownCue(self.step, cue, reached, seconds_left)


def read(face: Face) -> Reading | None:
    """The head's position; None for a face without a mesh, which cannot answer a cue."""
    if face.pose is None or face.landmarks is None:
        return None
    points = mesh.five_points(face.landmarks)
    # Rotated upright, so that a head leaning to one side is not taken for one that is turned.
    lean = math.radians(-face.pose.roll)
    rotation = np.array([[math.cos(lean), -math.sin(lean)], [math.sin(lean), math.cos(lean)]])
    left_eye, right_eye, nose = points[:3] @ rotation.T
    eye_distance = max(float(np.linalg.norm(right_eye - left_eye)), 1e-6)
    offset = (nose - (left_eye + right_eye) / 2) / eye_distance
    return Reading(
        face.pose.yaw,
        face.pose.pitch,
        face.box.height,
        float(offset[0]),
        float(offset[1]),
        face.eyes_open or 0.0,
    )


def neutral(readings: Sequence[Reading]) -> Reading:
    """The median of what was read while the person looked at the camera.

    Raises statistics.StatisticsError without any reading.
    """
    names = [field.name for field in fields(Reading)]
    return Reading(*(median(getattr(reading, name) for reading in readings) for name in names))


def begin(
    seed: bytes, start: Reading, *, shown: int, now: float, course: Course = WHOLE_COURSE
) -> MovementTrial:
    """The first cue, from the neutral position `start`.

    `shown` cues and colours were shown before in this session; none of them is shown again.
    """
    cue = first(seed, shown=shown, course=course)
    return MovementTrial(seed, start, shown + 1, cue, now, last=start, course=course)


def first(seed: bytes, *, shown: int, course: Course) -> Cue:
    """The cue that a trial begins with after `shown` others were shown."""
    return draw(seed, shown + 1, course)


def seen_in_time(frames: int, pace: float) -> bool:
    """Whether so many frames, `pace` seconds apart, are seen before anybody reacts."""
    return frames * pace <= QUICKEST_REACTION


def answer(
    trial: MovementTrial, reading: Reading | None, *, step: int, now: float
) -> MovementTrial:
    """Judge one frame that was taken while the page showed number `step`."""
    if trial.met or trial.failed:
        return trial
    if now - trial.since > STEP_SECONDS:
        return _mistake(trial, now)
    if not trial.number <= step <= trial.highest_step_shown or reading is None:
        return replace(trial, held=0, next_cue=None)
    trial = replace(trial, last=reading)
    if _in_zone(trial, reading):
        return _held(trial, now)
    trial = _strayed(replace(trial, held=0, next_cue=None), reading, now)
    return _mistake(trial, now) if trial.strayed >= STRAYED_SECONDS else trial


def position(kind: CueKind, reading: Reading, start: Reading) -> float:
    """How far a movement has gone from `start`, in the units of its cue's target."""
    match kind:
        case CueKind.TURN_LEFT:
            return reading.yaw - start.yaw
        case CueKind.TURN_RIGHT:
            return start.yaw - reading.yaw
        case CueKind.TURN_UP:
            return reading.pitch - start.pitch
        case CueKind.TURN_DOWN:
            return start.pitch - reading.pitch
        case CueKind.COME_CLOSER:
            return reading.size / max(start.size, 1e-6)
        case CueKind.CLOSE_EYES:
            return 1 - reading.eyes / start.eyes if start.eyes and reading.eyes else 0.0


def _strayed(trial: MovementTrial, reading: Reading, now: float) -> MovementTrial:
    """Add the time since the last frame if the head is in a wrong place and comes no nearer."""
    distance = abs(trial.position - trial.cue.target) + _across(trial, reading)
    lost = distance >= trial.nearest and _in_wrong_place(trial, reading)
    may_have_reacted = now - trial.since > REACTION_SECONDS
    passed = 0.0 if trial.judged is None else now - trial.judged
    return replace(
        trial,
        strayed=trial.strayed + passed if may_have_reacted and lost else trial.strayed,
        nearest=min(trial.nearest, distance),
        judged=now,
    )


def _held(trial: MovementTrial, now: float) -> MovementTrial:
    held = trial.held + 1
    if held < HOLD_FRAMES:
        return _goes_on_holding(replace(trial, held=held), now)
    return _next(trial, trial.course.after(trial.cue), trial.number + 1, now)


def _goes_on_holding(trial: MovementTrial, now: float) -> MovementTrial:
    """One more frame of a hold. The next cue is shown if the rest takes less than a reaction.

    It is shown ahead only once: a head that leaves too soon for all that sees the next cue only
    when the hold is over.
    """
    pace = math.inf if trial.judged is None else now - trial.judged
    certain = seen_in_time(HOLD_FRAMES - trial.held, pace)
    course = trial.course.after(trial.cue)
    if certain and course.steps_left and not trial.showed_next:
        cue = draw(trial.seed, trial.number + 1, course)
        return replace(trial, judged=now, next_cue=cue, showed_next=True)
    return replace(trial, judged=now)


def _mistake(trial: MovementTrial, now: float) -> MovementTrial:
    """Too late, or a wrong movement: a new cue, so that nothing is learnt from the old one."""
    failed = replace(trial, mistakes=trial.mistakes + 1)
    return _next(failed, trial.course.after_mistake(), trial.highest_step_shown + 1, now)


def _next(trial: MovementTrial, course: Course, number: int, now: float) -> MovementTrial:
    """The first cue of `course`, unless the trial is over."""
    trial = replace(trial, course=course, held=0, next_cue=None)
    if trial.met or trial.failed:
        return trial
    return MovementTrial(
        trial.seed,
        trial.neutral,
        number,
        draw(trial.seed, number, course),
        now,
        last=trial.last,
        course=course,
        mistakes=trial.mistakes,
    )


def _in_zone(trial: MovementTrial, reading: Reading) -> bool:
    """Whether the head is where the cue wants it."""
    if abs(trial.position - trial.cue.target) > _zone(trial.cue.kind).tolerance:
        return False
    return _across(trial, reading) <= MAX_ACROSS and _has_depth(trial, reading)


def _in_wrong_place(trial: MovementTrial, reading: Reading) -> bool:
    """Whether the head is too far, across, or on the opposite side."""
    kind, zone = trial.cue.kind, _zone(trial.cue.kind)
    if trial.position > trial.cue.target + zone.overshoot or _across(trial, reading) > MAX_ACROSS:
        return True
    return kind not in ZONES and trial.position < -MAX_OPPOSITE


def _zone(kind: CueKind) -> Zone:
    return ZONES.get(kind, TURN)


def _across(trial: MovementTrial, reading: Reading) -> float:
    """Degrees turned in a direction that was not asked for."""
    yaw = abs(reading.yaw - trial.neutral.yaw)
    pitch = abs(reading.pitch - trial.neutral.pitch)
    match trial.cue.kind:
        case CueKind.TURN_LEFT | CueKind.TURN_RIGHT:
            return pitch
        case CueKind.TURN_UP | CueKind.TURN_DOWN:
            return yaw
        case CueKind.COME_CLOSER | CueKind.CLOSE_EYES:
            return max(yaw, pitch)


def _has_depth(trial: MovementTrial, reading: Reading) -> bool:
    """Whether the nose has moved against the eyes as a nose in front of a face does."""
    sine = math.sin(math.radians(trial.position))
    across = reading.nose_across - trial.neutral.nose_across
    down = reading.nose_down - trial.neutral.nose_down
    match trial.cue.kind:
        case CueKind.TURN_LEFT:
            return across >= MIN_PARALLAX_SIDEWAYS * sine
        case CueKind.TURN_RIGHT:
            return -across >= MIN_PARALLAX_SIDEWAYS * sine
        case CueKind.TURN_UP:
            return -down >= MIN_PARALLAX_UPRIGHT * sine
        case CueKind.TURN_DOWN:
            return down >= MIN_PARALLAX_UPRIGHT * sine
        case CueKind.COME_CLOSER | CueKind.CLOSE_EYES:
            return True
