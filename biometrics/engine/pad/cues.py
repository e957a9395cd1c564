"""What a head may be asked to do, and how it is drawn: nobody can foresee it, the page included.

A cue is drawn from a secret seed, its number and what was answered before it.
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from itertools import accumulate

STEPS = 5


class Kind(StrEnum):
    """Left and right are the person's own."""

    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    TURN_UP = "turn_up"
    TURN_DOWN = "turn_down"
    COME_CLOSER = "come_closer"
    CLOSE_EYES = "close_eyes"


@dataclass(frozen=True, slots=True)
class Cue:
    """`target` in degrees from the neutral position; for COME_CLOSER times the neutral size.

    For CLOSE_EYES the share by which the lids have closed.
    """

    kind: Kind
    target: float


# Of each kind from the least to the most.
TARGETS = {
    # Large for a photo that is bent, easy for a neck: one of eighty years does 50.
    Kind.TURN_LEFT: (24.0, 31.0, 38.0),
    Kind.TURN_RIGHT: (24.0, 31.0, 38.0),
    Kind.TURN_UP: (10.0, 17.0, 24.0),
    Kind.TURN_DOWN: (10.0, 17.0, 24.0),
    Kind.COME_CLOSER: (1.15, 1.3, 1.45),
}
MOVEMENTS = tuple(Cue(kind, target) for kind, targets in TARGETS.items() for target in targets)
# Asked for only where the site wants it. Gaze that falls closes the lids by half at the most.
BLINK = Cue(Kind.CLOSE_EYES, 0.75)
# Every session asks for both. A photo bent in depth nods and comes closer at will; of 424 turns to
# a side it managed 23, and with none of 212 photos those to both sides.
REQUIRED = frozenset({Kind.TURN_LEFT, Kind.TURN_RIGHT})
# The whole way of a session in degrees, so that nobody is kept long: a third of all sequences is
# longer. Who ends turned so far that the face cannot be compared must come back, and react first.
LONGEST_WAY = 200
COMPARED_UP_TO = 28  # as models/quality.json has it for frames
REACTION_WAY = 40
# A head moves through ten degrees while it comes closer by an eighth.
DEGREES_A_SIZE = 80
# As long as the lids take to close, and to stay so for the frames of a hold and until one looks.
BLINK_WAY = 20


@dataclass(frozen=True, slots=True)
class Course:
    """What is still to come after `previous`: `steps` cues that hold all of `owed`.

    `left` are the degrees that they may take in all, infinite where nothing limits them. With
    `blinks` the eyes may be asked for too.
    """

    previous: Cue | None = None
    owed: frozenset[Kind] = REQUIRED
    steps: int = STEPS
    left: float = LONGEST_WAY
    blinks: bool = False

    @property
    def options(self) -> tuple[Cue, ...]:
        return (*MOVEMENTS, BLINK) if self.blinks else MOVEMENTS

    def after(self, cue: Cue) -> Course:
        return replace(
            self,
            previous=cue,
            owed=self.owed - {cue.kind},
            steps=self.steps - 1,
            left=self.left - _way(self.previous, cue),
        )

    def anew(self) -> Course:
        """After a mistake: what is owed is owed still; the way was longer than it should be."""
        return replace(self, previous=None, left=math.inf)


def draw(seed: bytes, number: int, course: Course) -> Cue:
    """Cue `number` of this seed, so that each way to the end of the course is equally likely."""
    digest = hashlib.sha256(seed + number.to_bytes(4, "big")).digest()
    ends = _ends(course)
    # 256 bits over at most 2**18 ways: the remainder's bias is below 2**-238.
    return course.options[bisect(ends, int.from_bytes(digest, "big") % ends[-1])]


def bits(course: Course) -> float:
    """Of the sequences of cues to the end of the course: all are equally likely."""
    return math.log2(_ways(course))


def _may_follow(previous: Cue | None, cue: Cue) -> bool:
    """The zones of neighbours touch: who stays between two of them must not answer both."""
    if previous is None or previous.kind is not cue.kind:
        return True
    if cue.kind is Kind.CLOSE_EYES:
        return False
    targets = TARGETS[cue.kind]
    return abs(targets.index(cue.target) - targets.index(previous.target)) > 1


def _way(previous: Cue | None, cue: Cue) -> int:
    """Degrees from one position, or from the neutral one, to the next."""
    start = _place(previous) if previous else (0, 0, 0)
    way = max(abs(one - other) for one, other in zip(start, _place(cue), strict=True))
    return max(way, BLINK_WAY) if cue.kind is Kind.CLOSE_EYES else way


def _place(cue: Cue) -> tuple[int, int, int]:
    match cue.kind:
        case Kind.TURN_LEFT:
            return round(cue.target), 0, 0
        case Kind.TURN_RIGHT:
            return -round(cue.target), 0, 0
        case Kind.TURN_UP:
            return 0, round(cue.target), 0
        case Kind.TURN_DOWN:
            return 0, -round(cue.target), 0
        case Kind.COME_CLOSER:
            return 0, 0, round((cue.target - 1) * DEGREES_A_SIZE)
        case Kind.CLOSE_EYES:
            return 0, 0, 0


def _way_back(last: Cue | None) -> int:
    """Degrees, the reaction counted as some, to where the face can be compared."""
    if last and last.kind is Kind.CLOSE_EYES:
        return REACTION_WAY
    beyond = abs(_place(last)[0]) - COMPARED_UP_TO if last else 0
    return beyond + REACTION_WAY if beyond > 0 else 0


@cache
def _ways(course: Course) -> int:
    """How many sequences of cues there are to the end of the course."""
    if course.left < 0:
        return 0
    if course.steps:
        return _ends(course)[-1]
    return int(not course.owed and _way_back(course.previous) <= course.left)


@cache
def _ends(course: Course) -> tuple[int, ...]:
    """The same, added up from option to option: how many begin with it or with one before it."""
    ways = (
        _ways(course.after(one)) if _may_follow(course.previous, one) else 0
        for one in course.options
    )
    return tuple(accumulate(ways))
