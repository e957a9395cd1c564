"""Which movements may be asked for, and how they are drawn.

A cue is drawn from a secret seed, its number and the cues that were answered before it. Nobody can
foresee it, not even the page.
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from itertools import accumulate

# Cues of a session without coloured light.
STEPS = 5


class CueKind(StrEnum):
    """Left and right are the person's own."""

    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    TURN_UP = "turn_up"
    TURN_DOWN = "turn_down"
    COME_CLOSER = "come_closer"
    CLOSE_EYES = "close_eyes"


@dataclass(frozen=True, slots=True)
class Cue:
    """One movement to ask for.

    For a turn `target` is in degrees from the neutral position. For COME_CLOSER it is the size of
    the face in neutral sizes. For CLOSE_EYES it is the share by which the lids have closed.
    """

    kind: CueKind
    target: float


# The targets of each kind, the smallest first.
TARGETS = {
    # Large for a photo that is bent, easy for a neck: people of eighty years turn by 50 degrees.
    CueKind.TURN_LEFT: (24.0, 31.0, 38.0),
    CueKind.TURN_RIGHT: (24.0, 31.0, 38.0),
    CueKind.TURN_UP: (10.0, 17.0, 24.0),
    CueKind.TURN_DOWN: (10.0, 17.0, 24.0),
    CueKind.COME_CLOSER: (1.15, 1.3, 1.45),
}
MOVEMENTS = tuple(Cue(kind, target) for kind, targets in TARGETS.items() for target in targets)
# Asked for only where the site wants it. Looking down closes the lids by half at the most.
BLINK = Cue(CueKind.CLOSE_EYES, 0.75)
# Every session asks for a turn to each side. A photo that is bent in depth can nod and come closer
# at will, but it managed only 23 of 424 turns to a side, and none of 212 photos managed both sides.
REQUIRED = frozenset({CueKind.TURN_LEFT, CueKind.TURN_RIGHT})
# Degrees that the head moves in a whole session, so that nobody is kept long. A third of all
# sequences would be longer.
LONGEST_WAY = 200
# Degrees to a side up to which a face can be compared, as models/quality.json has it for frames.
# A head that ends further away must come back. REACTION_WAY stands for the reaction before that.
COMPARED_UP_TO = 28
REACTION_WAY = 40
# Coming closer takes as long as turning: ten degrees for an eighth of the size.
DEGREES_A_SIZE = 80
# Closing the eyes takes as long as a turn by so many degrees: the lids close, stay closed while
# the cue is held, and open again.
BLINK_WAY = 20


@dataclass(frozen=True, slots=True)
class Course:
    """The cues that are still to come after `previous`: `steps_left` of them.

    Among them are all kinds in `owed`. Together they take at most `degrees_left`, which is
    infinite where nothing limits them. With `blinks` the eyes may be asked for too.
    """

    previous: Cue | None = None
    owed: frozenset[CueKind] = REQUIRED
    steps_left: int = STEPS
    degrees_left: float = LONGEST_WAY
    blinks: bool = False

    @property
    def options(self) -> tuple[Cue, ...]:
        """Every cue that may be drawn at all, in a fixed order."""
        return (*MOVEMENTS, BLINK) if self.blinks else MOVEMENTS

    def after(self, cue: Cue) -> Course:
        """What is to come once `cue` was answered."""
        return replace(
            self,
            previous=cue,
            owed=self.owed - {cue.kind},
            steps_left=self.steps_left - 1,
            degrees_left=self.degrees_left - _way(self.previous, cue),
        )

    def after_mistake(self) -> Course:
        """What is owed is still owed. The limit is dropped: the way has become longer anyway."""
        return replace(self, previous=None, degrees_left=math.inf)


def draw(seed: bytes, number: int, course: Course) -> Cue:
    """Cue `number` of this seed. Each way to the end of the course is equally likely."""
    digest = hashlib.sha256(seed + number.to_bytes(4, "big")).digest()
    ends = _ends(course)
    # 256 bits over at most 2**18 ways: the remainder's bias is below 2**-238.
    return course.options[bisect(ends, int.from_bytes(digest, "big") % ends[-1])]


def bits(course: Course) -> float:
    """How hard the rest of the course is to guess: the binary logarithm of its sequences."""
    return math.log2(_ways(course))


def _may_follow(previous: Cue | None, cue: Cue) -> bool:
    """Whether no head position answers both cues: zones of neighbouring targets touch."""
    if previous is None or previous.kind is not cue.kind:
        return True
    if cue.kind is CueKind.CLOSE_EYES:
        return False
    targets = TARGETS[cue.kind]
    return abs(targets.index(cue.target) - targets.index(previous.target)) > 1


def _way(previous: Cue | None, cue: Cue) -> int:
    """Degrees from the position of one cue, or from the neutral one, to the next."""
    start = _position(previous) if previous else (0, 0, 0)
    way = max(abs(a - b) for a, b in zip(start, _position(cue), strict=True))
    return max(way, BLINK_WAY) if cue.kind is CueKind.CLOSE_EYES else way


def _position(cue: Cue) -> tuple[int, int, int]:
    """Degrees to the left, degrees up, and the growth in size in degrees."""
    match cue.kind:
        case CueKind.TURN_LEFT:
            return round(cue.target), 0, 0
        case CueKind.TURN_RIGHT:
            return -round(cue.target), 0, 0
        case CueKind.TURN_UP:
            return 0, round(cue.target), 0
        case CueKind.TURN_DOWN:
            return 0, -round(cue.target), 0
        case CueKind.COME_CLOSER:
            return 0, 0, round((cue.target - 1) * DEGREES_A_SIZE)
        case CueKind.CLOSE_EYES:
            return 0, 0, 0


def _way_back(last: Cue | None) -> int:
    """Degrees from the last cue to where the face can be compared, the reaction included."""
    if last and last.kind is CueKind.CLOSE_EYES:
        return REACTION_WAY
    beyond = abs(_position(last)[0]) - COMPARED_UP_TO if last else 0
    return beyond + REACTION_WAY if beyond > 0 else 0


@cache
def _ways(course: Course) -> int:
    """How many sequences of cues there are to the end of the course."""
    if course.degrees_left < 0:
        return 0
    if course.steps_left:
        return _ends(course)[-1]
    return int(not course.owed and _way_back(course.previous) <= course.degrees_left)


@cache
def _ends(course: Course) -> tuple[int, ...]:
    """For each option, how many sequences begin with it or with an option before it."""
    ways = (
        _ways(course.after(option)) if _may_follow(course.previous, option) else 0
        for option in course.options
    )
    return tuple(accumulate(ways))
