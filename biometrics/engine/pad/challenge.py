"""The movement challenge: what is asked, one cue at a time, and whether a head has answered it.

A cue is drawn from a secret seed and its number alone, so that nobody, the page included, knows
it before it is shown. A head answers by holding the asked position for a few frames; a flat
picture that is turned does not, because its nose stays between its eyes.
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from itertools import accumulate
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from biometrics.engine import landmarks as mesh

if TYPE_CHECKING:
    from collections.abc import Sequence

    from biometrics.engine.types import Face

STEPS = 5
STEP_SECONDS = 8.0
# About a quarter of a second at the page's pace: a sweep that passes through does not stay so long.
HOLD_FRAMES = 3
MAX_MISTAKES = 1
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


class Kind(StrEnum):
    """Left and right are the person's own."""

    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    TURN_UP = "turn_up"
    TURN_DOWN = "turn_down"
    COME_CLOSER = "come_closer"


@dataclass(frozen=True, slots=True)
class Zone:
    """`tolerance` either side of the target counts; `overshoot` beyond it is a mistake."""

    tolerance: float
    overshoot: float


@dataclass(frozen=True, slots=True)
class Cue:
    """`target` in degrees from the neutral position; for COME_CLOSER times the neutral size."""

    kind: Kind
    target: float


TURN = Zone(tolerance=3.5, overshoot=14.0)
CLOSER = Zone(tolerance=0.075, overshoot=0.35)
OPTIONS = (
    # Large for a photo that is bent, easy for a neck: one of eighty years does 50.
    *(Cue(Kind.TURN_LEFT, angle) for angle in (24.0, 31.0, 38.0)),
    *(Cue(Kind.TURN_RIGHT, angle) for angle in (24.0, 31.0, 38.0)),
    *(Cue(Kind.TURN_UP, angle) for angle in (10.0, 17.0, 24.0)),
    *(Cue(Kind.TURN_DOWN, angle) for angle in (10.0, 17.0, 24.0)),
    *(Cue(Kind.COME_CLOSER, times) for times in (1.15, 1.3, 1.45)),
)
# Every session asks for both. A photo bent in depth nods and comes closer at will; of 424 turns to
# a side it managed 23, and with none of 212 photos those to both sides.
REQUIRED = frozenset({Kind.TURN_LEFT, Kind.TURN_RIGHT})


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a head is: degrees as in Pose, size in pixels, nose offset in eye distances."""

    yaw: float
    pitch: float
    size: float
    nose_across: float = 0.0
    nose_down: float = 0.0


@dataclass(frozen=True, slots=True)
class Trial:
    """The challenge so far. `number` counts the cues shown, `done` those that were answered.

    `owed` are the movements that must still be answered before it is met.
    """

    seed: bytes
    neutral: Reading
    number: int
    cue: Cue
    since: float
    owed: frozenset[Kind] = REQUIRED
    done: int = 0
    held: int = 0
    strayed: float = 0.0
    nearest: float = math.inf
    judged: float | None = None
    mistakes: int = 0
    at: float = 0.0

    @property
    def met(self) -> bool:
        return self.done >= STEPS

    @property
    def failed(self) -> bool:
        return self.mistakes > MAX_MISTAKES

    def reached(self) -> float:
        """The way to the target that has been gone, 1 at the target, for the page's guide."""
        start = 1.0 if self.cue.kind is Kind.COME_CLOSER else 0.0
        return max(0.0, min(1.4, (self.at - start) / (self.cue.target - start)))

    def seconds_left(self, now: float) -> float:
        return max(0.0, self.since + STEP_SECONDS - now)


def draw(
    seed: bytes, number: int, previous: Kind | None, *, owed: frozenset[Kind], steps: int
) -> Cue:
    """Cue `number` of this seed, where `steps` are still to be answered, this one included.

    Not the movement before, and so that each way to the end with all that is owed is as likely
    as any other.
    """
    digest = hashlib.sha256(seed + number.to_bytes(4, "big")).digest()
    ends = _ends(previous, owed, steps)
    # 256 bits over at most 2**18 ways: the remainder's bias is below 2**-238.
    return OPTIONS[bisect(ends, int.from_bytes(digest, "big") % ends[-1])]


def least_bits(steps: int = STEPS) -> float:
    """Bits of a whole sequence of cues: all are equally likely."""
    return math.log2(_ways(None, REQUIRED, steps))


@cache
def _ways(previous: Kind | None, owed: frozenset[Kind], steps: int) -> int:
    """How many sequences of `steps` cues there are after `previous` that hold all of `owed`."""
    return _ends(previous, owed, steps)[-1] if steps else int(not owed)


@cache
def _ends(previous: Kind | None, owed: frozenset[Kind], steps: int) -> tuple[int, ...]:
    """The same, added up from option to option: how many begin with it or with one before it."""
    ways = (
        0 if one.kind is previous else _ways(one.kind, owed - {one.kind}, steps - 1)
        for one in OPTIONS
    )
    return tuple(accumulate(ways))


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
        face.pose.yaw, face.pose.pitch, face.box.height, float(offset[0]), float(offset[1])
    )


def neutral(readings: Sequence[Reading]) -> Reading:
    """The middle of what was seen while the person looked at the camera."""
    return Reading(
        *(
            median(getattr(reading, name) for reading in readings)
            for name in ("yaw", "pitch", "size", "nose_across", "nose_down")
        )
    )


def begin(seed: bytes, start: Reading, *, shown: int, now: float) -> Trial:
    """`shown` cues were shown before, in a trial that was broken off: none is shown again."""
    number = shown + 1
    return Trial(seed, start, number, draw(seed, number, None, owed=REQUIRED, steps=STEPS), now)


def answer(trial: Trial, reading: Reading | None, *, step: int, now: float) -> Trial:
    """Judge one frame, taken when the page had seen cue `step`."""
    if trial.met or trial.failed:
        return trial
    if now - trial.since > STEP_SECONDS:
        return _mistake(trial, now)
    if step != trial.number or reading is None:
        return replace(trial, held=0)
    trial = replace(trial, at=position(trial.cue.kind, reading, trial.neutral))
    if _in_zone(trial, reading):
        return _held(trial, now)
    trial = _strayed(replace(trial, held=0), reading, now)
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


def _held(trial: Trial, now: float) -> Trial:
    trial = replace(trial, held=trial.held + 1, judged=now)
    if trial.held < HOLD_FRAMES:
        return trial
    kind = trial.cue.kind
    return _next(replace(trial, done=trial.done + 1, owed=trial.owed - {kind}), kind, now)


def _mistake(trial: Trial, now: float) -> Trial:
    """Too late or another way: a new cue, so that nothing is learnt from the old one."""
    return _next(replace(trial, mistakes=trial.mistakes + 1), None, now)


def _next(trial: Trial, previous: Kind | None, now: float) -> Trial:
    """The cue after this one, or after a mistake; what was owed is owed still."""
    if trial.met or trial.failed:
        return replace(trial, held=0)
    number, steps = trial.number + 1, STEPS - trial.done
    cue = draw(trial.seed, number, previous, owed=trial.owed, steps=steps)
    return replace(
        trial,
        number=number,
        cue=cue,
        since=now,
        held=0,
        strayed=0.0,
        nearest=math.inf,
        judged=None,
        at=0.0,
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
    return kind is not Kind.COME_CLOSER and trial.at < -MAX_OPPOSITE


def _zone(kind: Kind) -> Zone:
    return CLOSER if kind is Kind.COME_CLOSER else TURN


def _across(trial: Trial, reading: Reading) -> float:
    """Degrees turned in a direction that was not asked for."""
    yaw = abs(reading.yaw - trial.neutral.yaw)
    pitch = abs(reading.pitch - trial.neutral.pitch)
    match trial.cue.kind:
        case Kind.TURN_LEFT | Kind.TURN_RIGHT:
            return pitch
        case Kind.TURN_UP | Kind.TURN_DOWN:
            return yaw
        case Kind.COME_CLOSER:
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
        case Kind.COME_CLOSER:
            return True


def _moved(way: float, turn: float) -> bool:
    return way >= MIN_PARALLAX_SIDEWAYS * turn
