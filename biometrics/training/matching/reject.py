"""Error versus reject: FNMR after the samples of the lowest quality are refused.

A quality score is useful if FNMR falls as more samples are refused. The threshold is chosen anew
for the samples that are left, so that every point of a curve has the same FMR.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from biometrics.engine.matching.metrics import Rate, false_non_matches, threshold_for
from biometrics.training.matching.scores import ScoreSet, all_pairs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from biometrics.training.matching.samples import Samples
    from biometrics.training.matching.scores import Scores

SHARES = (0.0, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2, 0.3)


@dataclass(frozen=True, slots=True)
class RejectPoint:
    """FNMR after the share `refused` of the samples was refused and `left` samples were left."""

    refused: float
    left: int
    fnmr: Rate


@dataclass(frozen=True, slots=True)
class RejectCurve:
    """`by_score` has rising shares; `site_cuts` is the point of the site's own cuts for photos."""

    by_score: tuple[RejectPoint, ...]
    site_cuts: RejectPoint | None


def reject_curves(
    samples: Samples, scores: ScoreSet, targets: Mapping[str, float]
) -> dict[str, RejectCurve]:
    """A curve for each target FMR that the data can show.

    `scores` must be `all_pairs(samples)`. Raises ValueError if their quality is not known.
    """
    fit = samples.where(samples.fit)
    left, total = all_pairs(fit), len(samples.people)
    return {
        name: RejectCurve(points, _point(left, len(fit.people), total, fmr))
        for name, fmr in targets.items()
        if (points := reject_by_score(scores, samples.quality, fmr=fmr))
    }


def reject_by_score(
    scores: ScoreSet, quality: Scores, *, fmr: float, shares: tuple[float, ...] = SHARES
) -> tuple[RejectPoint, ...]:
    """A point for each share that leaves enough pairs to show the FMR.

    `quality` (n,) is every sample's score. Samples of equal quality are refused together, since
    the score cannot tell them apart. Raises ValueError if the pairs' quality is not known.
    """
    if scores.mated_quality is None or scores.nonmated_quality is None:
        raise ValueError("the pairs' quality is not known")
    ordered = np.sort(quality)
    points = []
    for share in shares:
        cut = ordered[min(math.ceil(share * len(ordered)), len(ordered) - 1)]
        kept = ScoreSet(
            scores.mated[scores.mated_quality >= cut],
            scores.nonmated[scores.nonmated_quality >= cut],
        )
        points.append(_point(kept, int((quality >= cut).sum()), len(ordered), fmr))
    return tuple(point for point in points if point is not None)


def _point(kept: ScoreSet, left: int, total: int, fmr: float) -> RejectPoint | None:
    if not len(kept.mated) or len(kept.nonmated) * fmr < 1:
        return None
    threshold = threshold_for(fmr=fmr, nonmated=kept.nonmated)
    return RejectPoint(1 - left / total, left, false_non_matches(kept.mated, threshold))
