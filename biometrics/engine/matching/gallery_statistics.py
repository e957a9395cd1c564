"""How far apart the enrolled voters are, and how far each one's own photos lie from each other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from biometrics.engine.matching.metrics import Rate, rate, threshold_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from biometrics.engine.matching.operating_point import OperatingPoint
    from biometrics.engine.types import FloatArray

# The rate at which the site's own threshold was chosen.
TARGET_FMR = 1e-4
# Similarities from -1 to 1 in hundredths.
BINS = 200
BLOCK = 256
SHOWN = 20
# Below every cosine: marks what is not to be counted.
NOTHING = -2.0


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledVoter:
    """`reference` (n,) is the fused template, `photos` (m, n) those it was fused from."""

    key: int
    reference: FloatArray
    photos: FloatArray


@dataclass(frozen=True, slots=True)
class Resemblance:
    """Two voters and the similarity of their references."""

    key: int
    other: int
    score: float


@dataclass(frozen=True, slots=True)
class Spread:
    """The similarity of one voter's two least similar photos."""

    key: int
    score: float
    photos: int


@dataclass(frozen=True, slots=True)
class GalleryStatistics:
    """`between` and `within` count similarities in BINS, of references and of own photos.

    `needed` is the threshold at which TARGET_FMR of the pairs of voters match; None where
    there are too few pairs to tell. `suggested` is never below the site's own.
    """

    voters: int
    photos: int
    between: tuple[int, ...]
    within: tuple[int, ...]
    nearest: tuple[Resemblance, ...]
    widest: tuple[Spread, ...]
    false_matches: Rate
    false_non_matches: Rate
    needed: float | None
    suggested: float


def gallery_statistics(voters: Sequence[EnrolledVoter], point: OperatingPoint) -> GalleryStatistics:
    pairs = len(voters) * (len(voters) - 1) // 2
    allowed = int(TARGET_FMR * pairs + 1e-9)
    between = _between(voters, keep=max(SHOWN, allowed + 1), cut=point.fused)
    own = [_own_scores(voter.photos) for voter in voters]
    left_out = _joined([_against_the_others(voter.photos) for voter in voters])
    # The highest scores are all that a threshold for so few errors depends on.
    needed = threshold_for(fmr=0.0, nonmated=between.scores[allowed:]) if allowed else None
    return GalleryStatistics(
        voters=len(voters),
        photos=sum(len(voter.photos) for voter in voters),
        between=tuple(between.histogram.tolist()),
        within=tuple(_histogram(_joined(own)).tolist()),
        nearest=tuple(between.pair(voters, place) for place in range(len(between.scores)))[:SHOWN],
        widest=_widest(voters, own),
        false_matches=rate(between.matching, pairs),
        false_non_matches=rate(int((left_out < point.frame).sum()), len(left_out)),
        needed=needed,
        suggested=max(point.fused, needed or 0.0),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Between:
    """The highest scores of two voters, the highest first, with the voters' places.

    `matching` counts all that reach the cut, also those that are not kept.
    """

    histogram: np.ndarray
    matching: int
    scores: FloatArray
    first: np.ndarray
    second: np.ndarray

    def pair(self, voters: Sequence[EnrolledVoter], place: int) -> Resemblance:
        one, other = voters[self.first[place]], voters[self.second[place]]
        return Resemblance(one.key, other.key, float(self.scores[place]))


def _between(voters: Sequence[EnrolledVoter], *, keep: int, cut: float) -> _Between:
    """Each pair once, a block of rows at a time: the whole matrix of a large roll fits nowhere."""
    histogram, matching = np.zeros(BINS, dtype=np.int64), 0
    best = np.empty(0, dtype=np.float32)
    places = np.empty((0, 2), dtype=np.int64)
    vectors = np.stack([voter.reference for voter in voters]) if voters else np.empty((0, 1))
    for start in range(0, len(vectors), BLOCK):
        scores = vectors[start : start + BLOCK] @ vectors[start:].T
        scores[np.tril_indices(len(scores))] = NOTHING
        counted = scores[scores > NOTHING]
        histogram += _histogram(counted)
        matching += int((counted >= cut).sum())
        rows, columns = np.nonzero(scores > (best[-1] if len(best) >= keep else NOTHING))
        best = np.concatenate([best, scores[rows, columns]])
        places = np.concatenate([places, np.column_stack([rows, columns]) + start])
        order = np.argsort(-best, kind="stable")[:keep]
        best, places = best[order], places[order]
    return _Between(histogram, matching, best, places[:, 0], places[:, 1])


def _histogram(scores: np.ndarray) -> np.ndarray:
    places = np.clip((np.asarray(scores) + 1) * (BINS / 2), 0, BINS - 1).astype(np.int64)
    return np.bincount(places, minlength=BINS)


def _joined(parts: list[FloatArray]) -> FloatArray:
    return np.concatenate([np.empty(0, dtype=np.float32), *parts])


def _own_scores(photos: FloatArray) -> FloatArray:
    pairs = list(combinations(range(len(photos)), 2))
    return np.array([photos[one] @ photos[other] for one, other in pairs], dtype=np.float32)


def _against_the_others(photos: FloatArray) -> FloatArray:
    """Each photo against the mean of the voter's others: nothing is compared with itself."""
    if len(photos) < 2:
        return np.empty(0, dtype=np.float32)
    others = photos.sum(axis=0) - photos
    lengths = np.linalg.norm(others, axis=1)
    return np.asarray((others * photos).sum(axis=1) / np.maximum(lengths, 1e-9), dtype=np.float32)


def _widest(voters: Sequence[EnrolledVoter], own: list[FloatArray]) -> tuple[Spread, ...]:
    spreads = [
        Spread(voter.key, float(scores.min()), len(voter.photos))
        for voter, scores in zip(voters, own, strict=True)
        if len(scores)
    ]
    return tuple(sorted(spreads, key=lambda spread: spread.score)[:SHOWN])
