"""Groups of people -> the card of what their descriptors have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from datetime import date

    from biometrics.engine.types import FloatArray
    from biometrics.training.matching.samples import Flags, Labels, Samples

DIGITS = 6


@dataclass(frozen=True, slots=True, eq=False)
class GroupMean:
    """`mean` (n,) of the descriptors of `people`, each of whom counts alike."""

    name: str
    people: int
    pictures: int
    mean: FloatArray


def pictured_once(people: Labels) -> Flags:
    """Which pictures are the only one of their person: no pair of one person's has them."""
    _, person, count = np.unique(people, return_inverse=True, return_counts=True)
    return np.asarray(count[person] == 1)


def group_mean(name: str, samples: Samples) -> GroupMean:
    """Raises ValueError if no picture has a face."""
    if not samples.acquired.any():
        raise ValueError(f"no face was found in {name}")
    found = samples.where(samples.acquired)
    people, person, pictures = np.unique(found.people, return_inverse=True, return_counts=True)
    weights = 1 / pictures[person] / len(people)
    mean = np.asarray(weights @ found.probes, dtype=np.float32)
    return GroupMean(name, len(people), len(person), mean)


def card_of(
    network: str, network_sha256: str, groups: list[GroupMean], *, today: date
) -> dict[str, Any]:
    """models/centring-NAME.json; the first group is people at large."""
    return {
        "network": network,
        "network_sha256": network_sha256,
        "meaning": (
            "of each unit descriptor the first mean is subtracted, then its part along the "
            "directions from the first mean to the others"
        ),
        "groups": [
            {
                "name": group.name,
                "people": group.people,
                "pictures": group.pictures,
                "mean": [round(float(value), DIGITS) for value in group.mean],
            }
            for group in groups
        ],
        "made": today.isoformat(),
        "command": "manage.py build_centring",
    }
