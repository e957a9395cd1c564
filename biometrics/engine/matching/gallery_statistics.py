"""Compares all enrolled voters with each other, and each voter's own photos."""

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

# The false match rate for which the site's threshold was chosen.
TARGET_FMR = 1e-4
# Histograms count similarities from -1 to 1 in steps of a hundredth.
BINS = 200
# How many rows of the matrix of all similarities are in memory at a time.
BLOCK = 256
# How many pairs of voters, and how many voters, the result names.
NAMED = 20
# No cosine is as low. It marks the pairs that are not counted.
NOT_COUNTED = -2.0


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledVoter:
    """One voter: `key` is returned in the results, and the arrays are float32 of length one.

    `reference` is (n,), the fused template. `photos` is (m, n), the templates it was fused from.
    """

    key: int
    reference: FloatArray
    photos: FloatArray


@dataclass(frozen=True, slots=True)
class Resemblance:
    """Two voters and the similarity of their references, from -1 to 1."""

    key: int
    other: int
    score: float


@dataclass(frozen=True, slots=True)
class Spread:
    """A voter, the similarity of the two least similar photos, and how many photos there are."""

    key: int
    score: float
    photos: int


@dataclass(frozen=True, slots=True)
class GalleryStatistics:
    """What a comparison of all voters showed.

    `between` and `within` are histograms with BINS entries: similarities of the references of two
    voters, and of two photos of one voter. `nearest` are the pairs of voters who are most alike,
    `widest` the voters whose photos differ most. `needed` is the threshold at which TARGET_FMR of
    the pairs of voters match, None if there are too few pairs to say. `suggested` is the higher
    of `needed` and the site's threshold.
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
    """Compare every voter with every other one, and each voter's photos with each other.

    False matches are counted at the threshold `point.fused`. False non-matches are counted at
    `point.frame`: each photo is compared with the mean of the same voter's other photos.
    """
    pairs = len(voters) * (len(voters) - 1) // 2
    allowed = int(TARGET_FMR * pairs + 1e-9)
    between = _between(voters, keep=max(NAMED, allowed + 1), cut=point.fused)
    own = [_own_scores(voter.photos) for voter in voters]
    left_out = _joined([_against_the_others(voter.photos) for voter in voters])
    # A threshold for so few errors depends on the highest scores alone.
    needed = threshold_for(fmr=0.0, nonmated=between.scores[allowed:]) if allowed else None
    return GalleryStatistics(
        voters=len(voters),
        photos=sum(len(voter.photos) for voter in voters),
        between=tuple(between.histogram.tolist()),
        within=tuple(_histogram(_joined(own)).tolist()),
        nearest=tuple(between.pair(voters, place) for place in range(len(between.scores)))[:NAMED],
        widest=_widest(voters, own),
        false_matches=rate(between.matching, pairs),
        false_non_matches=rate(int((left_out < point.frame).sum()), len(left_out)),
        needed=needed,
        suggested=max(point.fused, needed or 0.0),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Between:
    """The highest scores of two voters, the highest first, with the indices of both voters.

    `matching` counts all scores at or above the threshold, also those that are not kept.
    """

    histogram: np.ndarray
    matching: int
    scores: FloatArray
    first: np.ndarray
    second: np.ndarray

    def pair(self, voters: Sequence[EnrolledVoter], place: int) -> Resemblance:
        first, second = voters[self.first[place]], voters[self.second[place]]
        return Resemblance(first.key, second.key, float(self.scores[place]))


def _between(voters: Sequence[EnrolledVoter], *, keep: int, cut: float) -> _Between:
    """Compare each pair once, a block of rows at a time.

    For a large roll, the whole matrix of similarities would not fit into memory.
    """
    histogram, matching = np.zeros(BINS, dtype=np.int64), 0
    best = np.empty(0, dtype=np.float32)
    places = np.empty((0, 2), dtype=np.int64)
    vectors = np.stack([voter.reference for voter in voters]) if voters else np.empty((0, 1))
    for start in range(0, len(vectors), BLOCK):
        scores = vectors[start : start + BLOCK] @ vectors[start:].T
        scores[np.tril_indices(len(scores))] = NOT_COUNTED
        counted = scores[scores > NOT_COUNTED]
        histogram += _histogram(counted)
        matching += int((counted >= cut).sum())
        rows, columns = np.nonzero(scores > (best[-1] if len(best) >= keep else NOT_COUNTED))
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
    return np.array([photos[a] @ photos[b] for a, b in pairs], dtype=np.float32)


def _against_the_others(photos: FloatArray) -> FloatArray:
    """Compare each photo with the mean of the voter's other photos, and never with itself."""
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
    return tuple(sorted(spreads, key=lambda spread: spread.score)[:NAMED])
