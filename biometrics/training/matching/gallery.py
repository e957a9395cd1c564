"""Everybody's reference, as the site has them enrolled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from biometrics.training.matching.scores import means

if TYPE_CHECKING:
    from biometrics.engine.types import FloatArray
    from biometrics.training.matching.samples import Labels, Samples

# The site fuses at most so many photos of each person.
PHOTOS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """One reference for each person with a photo that has a face.

    `people` (n,) are names, `references` (n, length) unit vectors.
    """

    people: Labels
    references: FloatArray


def gallery_of(samples: Samples) -> Gallery:
    """Each person's reference is the mean of up to three photos."""
    acquired = samples.where(samples.acquired)
    people, person = np.unique(acquired.people, return_inverse=True)
    rows = [np.flatnonzero(person == place)[:PHOTOS] for place in range(len(people))]
    return Gallery(people, means(acquired.references, rows))
