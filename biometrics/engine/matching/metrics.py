"""Error rates of comparisons and of attack detection, each with an exact confidence interval.

A score at or above the threshold counts as a match, or as bona fide. FMR and FNMR are rates per
comparison. APCER and BPCER are defined in ISO/IEC 30107-3. All arrays of scores are (n,) floats.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    Scores = npt.NDArray[np.floating]

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Rate:
    """A number of errors among trials; `low` and `high` are its Clopper-Pearson bounds, 0 to 1."""

    errors: int
    trials: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """From 0 to 1; NaN if there were no trials."""
        return self.errors / self.trials if self.trials else math.nan


@dataclass(frozen=True, slots=True)
class EqualErrorRate:
    """The rate, from 0 to 1, at which FMR and FNMR are equal, and the threshold there."""

    value: float
    threshold: float


@dataclass(frozen=True, slots=True, eq=False)
class DetCurve:
    """FMR and FNMR, from 0 to 1, at rising thresholds; the arrays have equal lengths."""

    thresholds: Scores
    fmr: Scores
    fnmr: Scores


def rate(errors: int, trials: int, *, confidence: float = CONFIDENCE) -> Rate:
    """Return an error rate with its Clopper-Pearson interval.

    The interval covers the true rate at least as often as `confidence` says, also if there were
    no errors. Raises ValueError unless 0 <= `errors` <= `trials`.
    """
    if not 0 <= errors <= trials:
        raise ValueError(f"{errors} errors in {trials} trials")
    tail = (1 - confidence) / 2
    low = 0.0 if errors == 0 else beta_quantile(tail, errors, trials - errors + 1)
    high = 1.0 if errors == trials else beta_quantile(1 - tail, errors + 1, trials - errors)
    return Rate(errors, trials, low, high)


def false_matches(nonmated: Scores, threshold: float) -> Rate:
    """Return the FMR of scores of different people; of scores of attacks, it is the APCER."""
    return rate(int((nonmated >= threshold).sum()), len(nonmated))


def false_non_matches(mated: Scores, threshold: float) -> Rate:
    """Return the FNMR of scores of one person; of bona fide presentations, it is the BPCER."""
    return rate(int((mated < threshold).sum()), len(mated))


def threshold_for(*, fmr: float, nonmated: Scores) -> float:
    """Return the lowest threshold at which at most the share `fmr` of the scores matches.

    Raises ValueError if there is no score, or if `fmr` is not at least 0 and below 1.
    """
    if not len(nonmated):
        raise ValueError("there is no score to choose a threshold by")
    if not 0 <= fmr < 1:
        raise ValueError(f"{fmr} is not a rate below 1")
    # As floats, 1e-4 * 10,000 is below 1. Rounding must not cost an error that is allowed.
    allowed = math.floor(fmr * len(nonmated) + 1e-9)
    place = len(nonmated) - 1 - allowed
    highest_refused = float(np.partition(nonmated, place)[place])
    return float(np.nextafter(np.asarray(highest_refused, dtype=nonmated.dtype), np.inf))


def det_curve(mated: Scores, nonmated: Scores, *, points: int = 1000) -> DetCurve:
    """Return the curve at quantiles of both kinds of scores, so that both tails are fine."""
    tails = np.concatenate([np.geomspace(1 / max(len(nonmated), 2), 0.5, points // 2)])
    cuts = np.unique(np.concatenate([np.quantile(nonmated, 1 - tails), np.quantile(mated, tails)]))
    return DetCurve(cuts, _share_at_or_above(nonmated, cuts), 1 - _share_at_or_above(mated, cuts))


def equal_error_rate(mated: Scores, nonmated: Scores) -> EqualErrorRate:
    """Return the mean of FMR and FNMR at the threshold where they are nearest to each other.

    Raises ValueError if there are no scores of one kind.
    """
    if not len(mated) or not len(nonmated):
        raise ValueError("both kinds of score are needed")
    high, low = np.sort(nonmated), np.sort(mated)
    cuts = np.unique(low)
    # With a rising threshold, FMR falls and FNMR rises. They cross at a mated score or just
    # above one.
    fmr = 1 - np.searchsorted(high, cuts, side="left") / len(high)
    fnmr = np.searchsorted(low, cuts, side="left") / len(low)
    after = np.searchsorted(low, cuts, side="right") / len(low)
    fmr_after = 1 - np.searchsorted(high, cuts, side="right") / len(high)
    fmr, fnmr = np.concatenate([fmr, fmr_after]), np.concatenate([fnmr, after])
    best = int(np.argmin(np.abs(fmr - fnmr)))
    return EqualErrorRate(float((fmr[best] + fnmr[best]) / 2), float(np.tile(cuts, 2)[best]))


def balanced_threshold(
    bona_fide: Mapping[str, Scores], attacks: Mapping[str, Mapping[str, Scores]]
) -> float:
    """Return the threshold at which BPCER and APCER are nearest to each other.

    `bona_fide` holds scores by source (a data set), `attacks` by source and species. Both rates
    are means over their sources. In each source the species with the highest error at a threshold
    counts. Raises ValueError if there are no scores of one kind.
    """
    if not bona_fide or not attacks:
        raise ValueError("both kinds of score are needed")
    attack_scores = [scores for species in attacks.values() for scores in species.values()]
    cuts = np.unique(np.concatenate([*bona_fide.values(), *attack_scores]))
    worst = [
        np.max([_share_at_or_above(scores, cuts) for scores in species.values()], axis=0)
        for species in attacks.values()
    ]
    refused = [1 - _share_at_or_above(scores, cuts) for scores in bona_fide.values()]
    best = int(np.argmin(np.abs(np.mean(worst, axis=0) - np.mean(refused, axis=0))))
    # No rate changes between two neighbouring scores: take the middle between them.
    return float(cuts[max(0, best - 1) : best + 1].mean())


def _share_at_or_above(scores: Scores, cuts: Scores) -> Scores:
    return 1 - np.searchsorted(np.sort(scores), cuts, side="left") / len(scores)


def beta_quantile(share: float, a: float, b: float) -> float:
    """Return the `share` quantile, 0 to 1, of the beta distribution with parameters a and b.

    It is found by bisection of the regularised incomplete beta function.
    """
    low, high = 0.0, 1.0
    for _ in range(100):
        middle = (low + high) / 2
        if incomplete_beta(middle, a, b) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def incomplete_beta(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b), by its continued fraction.

    It is 0 for x below 0 and 1 for x above 1.
    """
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):  # the fraction converges faster on the other side
        return 1 - incomplete_beta(1 - x, b, a)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    log_front += a * math.log(x) + b * math.log1p(-x)
    return math.exp(log_front) * _beta_fraction(x, a, b) / a


def _beta_fraction(x: float, a: float, b: float) -> float:
    """Evaluate the continued fraction by Lentz's method; its terms alternate between two forms."""
    tiny = 1e-300
    numerator, denominator, value = 1.0, 0.0, 1.0
    for step in range(1000):
        half = step // 2
        if step == 0:
            term = 1.0
        elif step % 2:
            term = -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
        else:
            term = half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
        denominator = 1 / _away_from_zero(1 + term * denominator, tiny)
        numerator = _away_from_zero(1 + term / numerator, tiny)
        value *= numerator * denominator
        if abs(numerator * denominator - 1) < 1e-14:
            break
    return value - 1


def _away_from_zero(value: float, tiny: float) -> float:
    return value if abs(value) > tiny else tiny
