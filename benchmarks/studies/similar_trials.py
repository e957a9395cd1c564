"""Two ways to tell similar people apart that one threshold for all does not have.

A margin: the probe must be nearer to the claimed reference than to everybody else's on the roll. A
cohort: a score is seen beside those that both templates have with people who are neither of the
two (adaptive symmetric normalisation: Matějka et al., "Analysis of score normalization in
multilingual speaker recognition", Interspeech 2017). It is done on distances: cosines crowd near 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from biometrics.training.matching.scores import ScoreSet, drawn_rounds, score_set

if TYPE_CHECKING:
    import numpy.typing as npt

    from biometrics.engine.types import FloatArray
    from biometrics.training.matching.roll import Roll
    from biometrics.training.matching.samples import Samples
    from biometrics.training.matching.scores import Round, Trial

    Matrix = npt.NDArray[np.float32]


def normalised_trials(
    samples: Samples, trial: Trial, cohort: FloatArray, *, nearest: int
) -> ScoreSet:
    """Like `fused_trials`, in standard deviations above the `nearest` of `cohort` (n, length)."""
    return score_set(_normalised(one, cohort, nearest) for one in drawn_rounds(samples, trial))


def leads(samples: Samples, trial: Trial, roll: Roll, *, enrolled: bool) -> ScoreSet:
    """How much nearer each probe is to the claimed reference than to anybody else's on the roll.

    In the order of `fused_trials`. Impostors are on the roll themselves if `enrolled`.
    """
    rounds = drawn_rounds(samples, trial)
    return score_set(_lead(one, roll, enrolled=enrolled) for one in rounds)


def _normalised(one: Round, cohort: FloatArray, nearest: int) -> Matrix:
    nearness = _nearness(one.scores)
    reference_mean, reference_spread = _among(one.references @ cohort.T, nearest)
    probe_mean, probe_spread = _among(one.probes @ cohort.T, nearest)
    by_reference = (nearness - reference_mean[:, None]) / reference_spread[:, None]
    by_probe = (nearness - probe_mean) / probe_spread
    return np.asarray((by_reference + by_probe) / 2, dtype=np.float32)


def _nearness(cosines: Matrix) -> Matrix:
    """The distance of unit vectors, negative: higher is more alike."""
    return -np.sqrt(np.maximum(2 - 2 * cosines, 0))


def _among(cosines: Matrix, nearest: int) -> tuple[Matrix, Matrix]:
    """Mean and standard deviation of each row's nearest."""
    most = min(nearest, cosines.shape[1])
    highest = _nearness(np.partition(cosines, -most, axis=1)[:, -most:])
    return highest.mean(axis=1), np.maximum(highest.std(axis=1), 1e-6)


def _lead(one: Round, roll: Roll, *, enrolled: bool) -> Matrix:
    likeness = roll.references @ one.probes.T
    best = np.full(one.scores.shape, -1.0, dtype=np.float32)
    # Of the three nearest at most two do not count: the claimed one and the one whose probe it is.
    for rows in np.argsort(likeness, axis=0)[-3:]:
        names = roll.people[rows]
        counts = names != one.people[:, None]
        if not enrolled:
            counts &= names != one.people
        best = np.where(counts, likeness[rows, np.arange(len(rows))], best)
    return one.scores - best
