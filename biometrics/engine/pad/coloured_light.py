"""Coloured light from the page: whether a face takes on colours that nobody could foresee.

The page is painted in one colour after another, drawn from a secret seed. A picture or film that
does not depend on these colours fits the drawn sequence best by chance alone: once in as many
tries as there are sequences, whatever it shows. So there is no threshold.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cache, lru_cache
from itertools import pairwise, product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from biometrics.engine.types import FloatArray

# Colours in one sequence.
COLOURS = 8
# Frames that must be seen of each colour.
FRAMES_PER_COLOUR = 4
# Frames skipped after a colour change: exposure and white balance have not settled yet.
SETTLING_FRAMES = 2
# The whole sequence must be seen within this time.
SEQUENCE_SECONDS = 25.0


class Colour(IntEnum):
    RED = 0
    GREEN = 1
    BLUE = 2


# (3, 3): the red, green and blue light of each colour, 0 to 1, linear. The style sheet of the page
# has the same colours.
EMITTED = np.array([[1.0, 0.05, 0.05], [0.05, 1.0, 0.05], [0.05, 0.05, 1.0]])


@dataclass(frozen=True, slots=True)
class ShownColour:
    """A colour as the page shows it; `reached` is the share of its frames that were seen."""

    number: int
    colour: Colour
    reached: float
    seconds_left: float


@dataclass(frozen=True, slots=True)
class LightTrial:
    """One sequence of colours, as far as it was shown.

    `first` is the number of the first colour, `since` the time in seconds at which it was shown.
    `tints` holds the tints (3,) of each colour's frames, as `engine/faces/tint.py` gives them.
    """

    seed: bytes
    first: int
    since: float
    tints: tuple[tuple[FloatArray, ...], ...] = ((),)

    @property
    def number(self) -> int:
        """The number of the colour on show, or of the last one."""
        return self.first + min(len(self.tints), COLOURS) - 1

    @property
    def done(self) -> bool:
        """Whether all frames of all colours were seen."""
        return len(self.tints) > COLOURS

    @property
    def share(self) -> float:
        """How much of the sequence was seen, 0 to 1."""
        colours_seen = len(self.tints) - 1 + len(self.tints[-1]) / FRAMES_PER_COLOUR
        return min(1.0, colours_seen / COLOURS)

    def shown(self, now: float) -> ShownColour:
        """The colour that the page is to show."""
        colour = drawn(self.seed, self.first)[min(len(self.tints), COLOURS) - 1]
        seconds_left = max(0.0, self.since + SEQUENCE_SECONDS - now)
        reached = len(self.tints[-1]) / FRAMES_PER_COLOUR
        return ShownColour(self.number, colour, reached, seconds_left)

    def is_late(self, now: float) -> bool:
        """Whether the time for all colours is over; `now` is in seconds."""
        return now - self.since > SEQUENCE_SECONDS


def begin(seed: bytes, *, shown: int, now: float) -> LightTrial:
    """A new sequence in a session in which `shown` cues and colours were shown before."""
    return LightTrial(seed, shown + 1, now)


def answer(trial: LightTrial, tint: FloatArray | None, *, step: int) -> LightTrial:
    """Take in one frame that was taken while the page showed number `step`.

    A frame without a tint, or of another colour than the present one, changes nothing.
    """
    if trial.done or tint is None or step != trial.number:
        return trial
    *before, current = trial.tints
    current = (*current, tint)
    following = ((),) if len(current) == FRAMES_PER_COLOUR else ()
    return replace(trial, tints=(*before, current, *following))


def fits(trial: LightTrial) -> bool:
    """Whether the drawn sequence explains the tints better than every other sequence."""
    if not trial.done:
        return False
    settled = [np.mean(tints[SETTLING_FRAMES:], axis=0) for tints in trial.tints[:COLOURS]]
    seen = _changes(np.array(settled)[None])[0]
    scores = _expected() @ seen
    place = _sequences().index(drawn(trial.seed, trial.first))
    own = scores[place]
    return bool(own > 0 and own > np.delete(scores, place).max())


@lru_cache(maxsize=64)
def drawn(seed: bytes, first: int) -> tuple[Colour, ...]:
    """The sequence that begins with number `first`.

    No colour follows itself; all such sequences are equally likely.
    """
    colours: list[Colour] = []
    for number in range(first, first + COLOURS):
        digest = hashlib.sha256(seed + b"light" + number.to_bytes(4, "big")).digest()
        chance = int.from_bytes(digest, "big")
        others = [colour for colour in Colour if colour not in colours[-1:]]
        colours.append(others[chance % len(others)])
    return tuple(colours)


def bits() -> float:
    """How hard a sequence is to guess: the binary logarithm of the number of sequences."""
    return math.log2(len(_sequences()))


@cache
def _sequences() -> list[tuple[Colour, ...]]:
    every = product(Colour, repeat=COLOURS)
    return [colours for colours in every if all(a is not b for a, b in pairwise(colours))]


@cache
def _expected() -> FloatArray:
    """(sequences, COLOURS * 3): the direction in which each sequence would change a face."""
    changes = _changes(EMITTED[np.array(_sequences())])
    return np.asarray(changes / np.linalg.norm(changes, axis=1, keepdims=True))


def _changes(lights: FloatArray) -> FloatArray:
    """(n, COLOURS, 3) -> (n, COLOURS * 3): hue without brightness and without a steady drift.

    The brightness of a face follows every turn of the head; its hue hardly does.
    """
    hue = lights - lights.mean(axis=2, keepdims=True)
    drift = np.stack([np.ones(COLOURS), np.arange(COLOURS)], axis=1)
    without_drift = np.eye(COLOURS) - drift @ np.linalg.pinv(drift)
    return np.asarray((without_drift @ hue).reshape(len(lights), -1))
