"""Two ways to tell similar people apart, beyond one threshold for everybody.

A margin: the probe must be nearer to the claimed reference than to any other on the roll. A
cohort: a score is compared with the scores that both templates have with people who are neither of
the two (adaptive symmetric normalisation: Matějka et al., "Analysis of score normalization in
multilingual speaker recognition", Interspeech 2017). This uses distances, because cosines are all
close to 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from biometrics.training.matching.scores import ScoreSet, drawn_rounds, score_set

if TYPE_CHECKING:
    import numpy.typing as npt

    from biometrics.engine.types import FloatArray
    from biometrics.training.matching.gallery import Gallery
    from biometrics.training.matching.samples import Samples
    from biometrics.training.matching.scores import FusionTrial, Round

    Matrix = npt.NDArray[np.float32]


def normalised_trials(
    samples: Samples, trial: FusionTrial, cohort: FloatArray, *, nearest: int
) -> ScoreSet:
    """Like `fused_trials`, in standard deviations above the mean of the `nearest` of `cohort`.

    `cohort` is (n, length) unit vectors.
    """
    return score_set(_normalised(drawn, cohort, nearest) for drawn in drawn_rounds(samples, trial))


def leads(samples: Samples, trial: FusionTrial, roll: Gallery, *, enrolled: bool) -> ScoreSet:
    """How much nearer each probe is to the claimed reference than to any other on the roll.

    The order is that of `fused_trials`. With `enrolled`, impostors are on the roll themselves.
    """
    rounds = drawn_rounds(samples, trial)
    return score_set(_lead(drawn, roll, enrolled=enrolled) for drawn in rounds)


def _normalised(drawn: Round, cohort: FloatArray, nearest: int) -> Matrix:
    nearness = _nearness(drawn.scores)
    reference_mean, reference_spread = _among(drawn.references @ cohort.T, nearest)
    probe_mean, probe_spread = _among(drawn.probes @ cohort.T, nearest)
    by_reference = (nearness - reference_mean[:, None]) / reference_spread[:, None]
    by_probe = (nearness - probe_mean) / probe_spread
    return np.asarray((by_reference + by_probe) / 2, dtype=np.float32)


def _nearness(cosines: Matrix) -> Matrix:
    """The negative distance of unit vectors: higher is more alike."""
    return -np.sqrt(np.maximum(2 - 2 * cosines, 0))


def _among(cosines: Matrix, nearest: int) -> tuple[Matrix, Matrix]:
    """Mean and standard deviation of the nearest in each row."""
    most = min(nearest, cosines.shape[1])
    highest = _nearness(np.partition(cosines, -most, axis=1)[:, -most:])
    return highest.mean(axis=1), np.maximum(highest.std(axis=1), 1e-6)


def _lead(drawn: Round, roll: Gallery, *, enrolled: bool) -> Matrix:
    likeness = roll.references @ drawn.probes.T
    best = np.full(drawn.scores.shape, -1.0, dtype=np.float32)
    # At most two of the three nearest do not count: the claimed one and the probe's own.
    for rows in np.argsort(likeness, axis=0)[-3:]:
        names = roll.people[rows]
        counts = names != drawn.people[:, None]
        if not enrolled:
            counts &= names != drawn.people
        best = np.where(counts, likeness[rows, np.arange(len(rows))], best)
    return drawn.scores - best
