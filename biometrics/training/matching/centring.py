"""The mean descriptors of groups of people, and their card."""

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
    """The mean descriptor (length,) of a group in which every person counts alike.

    `people` and `pictures` say how many there were.
    """

    name: str
    people: int
    pictures: int
    mean: FloatArray


def pictured_once(people: Labels) -> Flags:
    """(n,): which pictures are the only one of their person, so that no mated pair has them."""
    _, person, count = np.unique(people, return_inverse=True, return_counts=True)
    return np.asarray(count[person] == 1)


def group_mean(name: str, samples: Samples) -> GroupMean:
    """The mean of the group's probes; raises ValueError if no picture has a face."""
    if not samples.acquired.any():
        raise ValueError(f"no face was found in {name}")
    with_face = samples.where(samples.acquired)
    people, person, pictures = np.unique(with_face.people, return_inverse=True, return_counts=True)
    weights = 1 / pictures[person] / len(people)
    mean = np.asarray(weights @ with_face.probes, dtype=np.float32)
    return GroupMean(name, len(people), len(person), mean)


def card_of(
    network: str, network_sha256: str, groups: list[GroupMean], *, today: date
) -> dict[str, Any]:
    """models/centring-NAME.json for a network; the first group must be people at large."""
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
