"""The 1:N search: how often a stranger finds somebody, and how often one's own face is missed.

FPIR is the share of people who are not in the gallery and yet match somebody there; FNIR that of
people who are in it and are not found. FPIR grows with the gallery: its size is part of the figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from biometrics.engine.matching.metrics import false_matches, false_non_matches, threshold_for
from biometrics.training.matching.report import as_json, halves
from biometrics.training.matching.roll import roll_of
from biometrics.training.matching.scores import Trial, fused_trials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from biometrics.training.matching.samples import Samples
    from biometrics.training.matching.scores import Scores

# An official looks at each of them: one needless look at a hundred enrolments is bearable.
SEARCH_FPIR = 1e-2
TRIALS = {"1 photo against 1": Trial(1, 1), "3 photos against 3": Trial(3, 3)}


@dataclass(frozen=True, slots=True, eq=False)
class Strangers:
    """Each person's best score among all others, and how many others there were."""

    best: Scores
    gallery: int


def strangers(samples: Samples) -> Strangers:
    """Everybody is searched among everybody else, by the mean of up to three photos."""
    roll = roll_of(samples)
    if len(roll.people) < 2:
        raise ValueError("a search needs two people")
    scores = roll.references @ roll.references.T
    np.fill_diagonal(scores, -1)
    return Strangers(scores.max(axis=1), len(roll.people) - 1)


def search_report(samples: Samples, fused: float) -> dict[str, Any] | None:
    """The search's threshold by one half of the people, its errors on the other half.

    Under `site` stand those at the threshold that the site searches with: never below `fused`, that
    of a single comparison. None where a half has fewer than two people to search: a small folder
    has other figures.
    """
    one, other = halves(samples)
    if any(len(np.unique(half.people[half.acquired])) < 2 for half in (one, other)):
        return None
    threshold = threshold_for(fmr=SEARCH_FPIR, nonmated=strangers(one).best)
    held_out = strangers(other)
    mated = {name: fused_trials(other, trial).mated for name, trial in TRIALS.items()}
    return {
        "target_fpir": SEARCH_FPIR,
        "gallery": held_out.gallery,
        **_errors(threshold, held_out, mated),
        "site": _errors(max(threshold, fused), held_out, mated),
    }


def _errors(threshold: float, held_out: Strangers, mated: Mapping[str, Scores]) -> dict[str, Any]:
    return {
        "threshold": threshold,
        "fpir": as_json(false_matches(held_out.best, threshold)),
        "fnir": {
            name: as_json(false_non_matches(scores, threshold))
            for name, scores in mated.items()
            if len(scores)
        },
    }
