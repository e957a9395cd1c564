"""Bounds of an error rate over people: frames of one person fail together, so they are few trials.

A person here is whatever must be drawn as a whole: a subject of one source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from biometrics.engine.matching.metrics import CONFIDENCE, rate

if TYPE_CHECKING:
    from collections.abc import Sequence

DRAWS = 2000
LEAST_PEOPLE = 3
# So few people with an error, or without one, tell the bootstrap too little.
FEW = 3


@dataclass(frozen=True, slots=True)
class PeopleBounds:
    """The bounds, 0 to 1, of a rate over `people`."""

    low: float
    high: float
    people: int


def bounds_over_people(
    wrong: Sequence[bool], people: Sequence[str], *, seed: int = 0
) -> PeopleBounds | None:
    """The 95 % bounds of the share of `wrong`, from drawing people with replacement.

    `people` names the person of each trial. Where fewer than three people have an error (or fewer
    than three have none), each bound is the wider one of the bootstrap's and of the exact bounds
    for a share of people: drawing again from people without errors would promise none for ever.
    None for fewer than three people, or if somebody is not named.
    """
    names = sorted(set(people))
    if len(names) < LEAST_PEOPLE or "" in names:
        return None
    index = {name: place for place, name in enumerate(names)}
    places = np.array([index[name] for name in people])
    trials = np.bincount(places, minlength=len(names))
    errors = np.bincount(places, weights=np.asarray(wrong, dtype=float), minlength=len(names))
    drawn = np.random.default_rng(seed).integers(len(names), size=(DRAWS, len(names)))
    shares = errors[drawn].sum(axis=1) / trials[drawn].sum(axis=1)
    tail = (1 - CONFIDENCE) / 2
    low, high = (float(bound) for bound in np.quantile(shares, [tail, 1 - tail]))
    some = int((errors > 0).sum())
    whole = int((errors == trials).sum())
    if some < FEW:
        high = max(high, rate(some, len(names)).high)
    if len(names) - whole < FEW:
        low = min(low, rate(whole, len(names)).low)
    return PeopleBounds(low, high, len(names))
