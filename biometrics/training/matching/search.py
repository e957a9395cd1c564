"""Error rates of the 1:N search.

FPIR is the share of people who are not in the gallery and match somebody in it. FNIR is the share
of people who are in the gallery and are not found. FPIR grows with the gallery, so its size is
part of the figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from biometrics.engine.matching.metrics import false_matches, false_non_matches, threshold_for
from biometrics.training.matching.gallery import gallery_of
from biometrics.training.matching.report import as_json, halves
from biometrics.training.matching.scores import FusionTrial, fused_trials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from biometrics.training.matching.samples import Samples
    from biometrics.training.matching.scores import Scores

# An official looks at each hit: one needless look in a hundred enrolments is acceptable.
SEARCH_FPIR = 1e-2
TRIALS = {"1 photo against 1": FusionTrial(1, 1), "3 photos against 3": FusionTrial(3, 3)}


@dataclass(frozen=True, slots=True, eq=False)
class Strangers:
    """Each person's best score (n,) among all others, and how many others there are."""

    best: Scores
    gallery: int


def strangers(samples: Samples) -> Strangers:
    """Everybody is searched among everybody else, by the mean of up to three photos.

    Raises ValueError for fewer than two people.
    """
    enrolled = gallery_of(samples)
    if len(enrolled.people) < 2:
        raise ValueError("a search needs two people")
    scores = enrolled.references @ enrolled.references.T
    np.fill_diagonal(scores, -1)
    return Strangers(scores.max(axis=1), len(enrolled.people) - 1)


def search_report(samples: Samples, fused: float) -> dict[str, Any] | None:
    """The search's threshold, chosen by one half of the people, and its errors on the other half.

    `site` holds the errors at the threshold that the site searches with, which is never below
    `fused`, the threshold of a single comparison. None if a half has fewer than two people.
    """
    chosen_by, reported_on = halves(samples)
    if any(len(np.unique(half.people[half.acquired])) < 2 for half in (chosen_by, reported_on)):
        return None
    threshold = threshold_for(fmr=SEARCH_FPIR, nonmated=strangers(chosen_by).best)
    held_out = strangers(reported_on)
    mated = {name: fused_trials(reported_on, trial).mated for name, trial in TRIALS.items()}
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
