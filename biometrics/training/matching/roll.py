"""Everybody's reference, as a roll has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from biometrics.training.matching.scores import means

if TYPE_CHECKING:
    from biometrics.engine.types import FloatArray
    from biometrics.training.matching.samples import Labels, Samples

# What the site fuses of each person at the most.
PHOTOS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Roll:
    """One reference for each person who has a photo with a face; (n,) and (n, length)."""

    people: Labels
    references: FloatArray


def roll_of(samples: Samples) -> Roll:
    """The mean of up to three photos each."""
    acquired = samples.where(samples.acquired)
    people, person = np.unique(acquired.people, return_inverse=True)
    rows = [np.flatnonzero(person == place)[:PHOTOS] for place in range(len(people))]
    return Roll(people, means(acquired.references, rows))
