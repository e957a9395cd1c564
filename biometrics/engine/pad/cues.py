"""What a head may be asked to do, and how it is drawn: nobody can foresee it, the page included.

A cue is drawn from a secret seed, its number and what was answered so far.
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Cue:
    """`target` in degrees from the neutral position; for COME_CLOSER times the neutral size."""

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
OPTIONS = tuple(Cue(kind, target) for kind, targets in TARGETS.items() for target in targets)
# Every session asks for both. A photo bent in depth nods and comes closer at will; of 424 turns to
# a side it managed 23, and with none of 212 photos those to both sides.
REQUIRED = frozenset({Kind.TURN_LEFT, Kind.TURN_RIGHT})
# From one side to the other in one go, in degrees: the longest ways take the time of two cues.
LONGEST_WAY = 65.0


def draw(
    seed: bytes, number: int, previous: Cue | None, *, owed: frozenset[Kind], steps: int
) -> Cue:
    """Cue `number` of this seed, where `steps` are still to be answered, this one included.

    One that may follow `previous`, and so that each way to the end with all that is owed is as
    likely as any other.
    """
    digest = hashlib.sha256(seed + number.to_bytes(4, "big")).digest()
    ends = _ends(previous, owed, steps)
    # 256 bits over at most 2**18 ways: the remainder's bias is below 2**-238.
    return OPTIONS[bisect(ends, int.from_bytes(digest, "big") % ends[-1])]


def least_bits(steps: int = STEPS) -> float:
    """Bits of a whole sequence of cues: all are equally likely."""
    return math.log2(_ways(None, REQUIRED, steps))


def may_follow(previous: Cue | None, cue: Cue) -> bool:
    """A movement is told from the one before it, and is not too far from it."""
    if previous is None:
        return True
    if previous.kind is cue.kind:
        # The zones of neighbours touch: who stays between two of them must not answer both.
        targets = TARGETS[cue.kind]
        return abs(targets.index(cue.target) - targets.index(previous.target)) > 1
    across = {previous.kind, cue.kind} == REQUIRED
    return not across or previous.target + cue.target <= LONGEST_WAY


@cache
def _ways(previous: Cue | None, owed: frozenset[Kind], steps: int) -> int:
    """How many sequences of `steps` cues there are after `previous` that hold all of `owed`."""
    return _ends(previous, owed, steps)[-1] if steps else int(not owed)


@cache
def _ends(previous: Cue | None, owed: frozenset[Kind], steps: int) -> tuple[int, ...]:
    """The same, added up from option to option: how many begin with it or with one before it."""
    ways = (
        _ways(one, owed - {one.kind}, steps - 1) if may_follow(previous, one) else 0
        for one in OPTIONS
    )
    return tuple(accumulate(ways))
