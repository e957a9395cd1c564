"""Light from the page: whether a face takes on colours that nobody could foresee.

The page is painted in one colour after another, drawn from a secret seed. What comes before the
camera independently of them fits the sequence drawn best by chance alone: once in so many
sequences, whatever it shows. No threshold is in it.
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

STEPS = 8
# Of a colour; a camera shows the first of them while the light before is still on its way.
FRAMES = 4
SETTLING = 2
SECONDS = 25.0


class Colour(IntEnum):
    RED = 0
    GREEN = 1
    BLUE = 2


# Red, green and blue light of the page's colours, which the style sheet has.
EMITTED = np.array([[1.0, 0.05, 0.05], [0.05, 1.0, 0.05], [0.05, 0.05, 1.0]])


@dataclass(frozen=True, slots=True)
class Lit:
    """A colour as the page shows it, `reached` the share of its frames that are in."""

    number: int
    colour: Colour
    reached: float
    seconds_left: float


@dataclass(frozen=True, slots=True)
class Light:
    """`first` is the number of the first colour; `seen` the tints of each colour's frames."""

    seed: bytes
    first: int
    since: float
    seen: tuple[tuple[FloatArray, ...], ...] = ((),)

    @property
    def number(self) -> int:
        """Of the colour on show, or of the last one."""
        return self.first + min(len(self.seen), STEPS) - 1

    @property
    def done(self) -> bool:
        return len(self.seen) > STEPS

    @property
    def share(self) -> float:
        return min(1.0, (len(self.seen) - 1 + len(self.seen[-1]) / FRAMES) / STEPS)

    def shown(self, now: float) -> Lit:
        colour = drawn(self.seed, self.first)[min(len(self.seen), STEPS) - 1]
        left = max(0.0, self.since + SECONDS - now)
        return Lit(self.number, colour, len(self.seen[-1]) / FRAMES, left)

    def late(self, now: float) -> bool:
        return now - self.since > SECONDS


def begin(seed: bytes, *, shown: int, now: float) -> Light:
    """`shown` cues were shown before."""
    return Light(seed, shown + 1, now)


def answer(light: Light, tint: FloatArray | None, *, step: int) -> Light:
    """Take in one frame, taken when the page had shown `step`; one without a tint is none."""
    if light.done or tint is None or step != light.number:
        return light
    *before, current = light.seen
    current = (*current, tint)
    after = ((),) if len(current) == FRAMES else ()
    return replace(light, seen=(*before, current, *after))


def fits(light: Light) -> bool:
    """Whether no other sequence of colours explains what was seen as well as the one drawn."""
    if not light.done:
        return False
    steps = [np.mean(frames[SETTLING:], axis=0) for frames in light.seen[:STEPS]]
    seen = _changes(np.array(steps)[None])[0]
    scores = _expected() @ seen
    place = _sequences().index(drawn(light.seed, light.first))
    own = scores[place]
    return bool(own > 0 and own > np.delete(scores, place).max())


@lru_cache(maxsize=64)
def drawn(seed: bytes, first: int) -> tuple[Colour, ...]:
    """The colours from number `first` on: none follows itself, all sequences are equally likely."""
    colours: list[Colour] = []
    for number in range(first, first + STEPS):
        digest = hashlib.sha256(seed + b"light" + number.to_bytes(4, "big")).digest()
        chance = int.from_bytes(digest, "big")
        others = [one for one in Colour if one not in colours[-1:]]
        colours.append(others[chance % len(others)])
    return tuple(colours)


def bits() -> float:
    return math.log2(len(_sequences()))


@cache
def _sequences() -> list[tuple[Colour, ...]]:
    every = product(Colour, repeat=STEPS)
    return [one for one in every if all(a is not b for a, b in pairwise(one))]


@cache
def _expected() -> FloatArray:
    """(sequences, STEPS * 3): the direction in which each would change a face."""
    changes = _changes(EMITTED[np.array(_sequences())])
    return np.asarray(changes / np.linalg.norm(changes, axis=1, keepdims=True))


def _changes(lights: FloatArray) -> FloatArray:
    """(n, STEPS, 3) -> (n, STEPS * 3): colour without brightness, a steady drift taken out.

    Brightness follows every turn of a head; its colour hardly does.
    """
    colour = lights - lights.mean(axis=2, keepdims=True)
    drift = np.stack([np.ones(STEPS), np.arange(STEPS)], axis=1)
    kept = np.eye(STEPS) - drift @ np.linalg.pinv(drift)
    return np.asarray((kept @ colour).reshape(len(lights), -1))
