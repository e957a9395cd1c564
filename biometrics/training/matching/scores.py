"""Mated and non-mated scores of labelled samples, one against one and fused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from biometrics.engine.matching.centring import unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import numpy.typing as npt

    from biometrics.engine.types import FloatArray
    from biometrics.training.matching.samples import Labels, Samples

    Scores = npt.NDArray[np.float32]

BLOCK = 1000
NO_SCORES = np.empty(0, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class ScoreSet:
    """Scores of pairs of one person (mated) and of two people (nonmated); higher is more alike.

    All are (n,) float32. A pair's quality is that of its worse sample, where it is known.
    """

    mated: Scores
    nonmated: Scores
    mated_quality: Scores | None = None
    nonmated_quality: Scores | None = None


@dataclass(frozen=True, slots=True)
class FusionTrial:
    """How many references and how many probes are fused, and how often they are drawn anew."""

    references: int
    probes: int
    rounds: int = 20


REFERENCE_TO_FRAME = FusionTrial(3, 1)
REFERENCE_TO_FRAMES = FusionTrial(3, 3)


def all_pairs(samples: Samples) -> ScoreSet:
    """Every pair of samples once, except pairs from one session of one person."""
    _, people = np.unique(samples.people, return_inverse=True)
    _, sessions = np.unique(samples.sessions, return_inverse=True)
    mated, nonmated, mated_quality, nonmated_quality = [], [], [], []
    for start in range(0, len(people), BLOCK):
        rows = slice(start, start + BLOCK)
        scores = samples.probes[rows] @ samples.probes.T
        later = np.arange(len(people)) > np.arange(len(people))[rows, None]
        same = people[rows, None] == people
        apart = sessions[rows, None] != sessions
        worse = np.minimum(samples.quality[rows, None], samples.quality)
        mated.append(scores[later & same & apart])
        nonmated.append(scores[later & ~same])
        mated_quality.append(worse[later & same & apart])
        nonmated_quality.append(worse[later & ~same])
    parts = (mated, nonmated, mated_quality, nonmated_quality)
    return ScoreSet(*(np.concatenate(part or [NO_SCORES]) for part in parts))


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """Fused references and probes of the same `people` (n,), each (n, length) unit vectors."""

    people: Labels
    references: FloatArray
    probes: FloatArray

    @property
    def scores(self) -> Scores:
        """(references, probes): every reference with every probe."""
        return self.references @ self.probes.T


def fused_trials(samples: Samples, trial: FusionTrial, *, seed: int = 0) -> ScoreSet:
    """Scores of fused references with fused probes: in each round everybody with everybody."""
    return score_set(drawn.scores for drawn in drawn_rounds(samples, trial, seed=seed))


def score_set(rounds: Iterable[Scores]) -> ScoreSet:
    """From square matrices whose diagonal holds the scores of one person with himself."""
    mated, nonmated = [], []
    for scores in rounds:
        own = np.eye(len(scores), dtype=bool)
        mated.append(scores[own])
        nonmated.append(scores[~own])
    if not mated:
        return ScoreSet(NO_SCORES, NO_SCORES)
    return ScoreSet(np.concatenate(mated), np.concatenate(nonmated))


def drawn_rounds(samples: Samples, trial: FusionTrial, *, seed: int = 0) -> Iterator[Round]:
    """In each round, references and probes are drawn anew for everybody with enough samples.

    A person's references and probes come from different sessions. There is no round if fewer than
    two people have enough samples.
    """
    random = np.random.default_rng(seed)
    people = np.unique(samples.people)
    rows = [np.flatnonzero(samples.people == person) for person in people]
    for _ in range(trial.rounds):
        drawn = [_draw(samples, mine, trial, random) for mine in rows]
        usable = [pair for pair in drawn if pair is not None]
        if len(usable) < 2:
            return
        yield Round(
            people=people[[pair is not None for pair in drawn]],
            references=means(samples.references, [pair[0] for pair in usable]),
            probes=means(samples.probes, [pair[1] for pair in usable]),
        )


Rows = np.ndarray[tuple[int, ...], np.dtype[np.intp]]


def _draw(
    samples: Samples, mine: Rows, trial: FusionTrial, random: np.random.Generator
) -> tuple[Rows, Rows] | None:
    """The rows of references and of probes; None for a person with too few samples."""
    sessions = samples.sessions[mine]
    distinct = random.permutation(np.unique(sessions))
    if len(distinct) == len(mine):  # no sessions: every sample is its own session
        shuffled = random.permutation(mine)
        first, second = shuffled[: trial.references], shuffled[trial.references :]
    else:
        first = random.permutation(mine[sessions == distinct[0]])
        second = random.permutation(mine[sessions == distinct[-1]])
        if len(distinct) < 2:
            return None
    if len(first) < trial.references or len(second) < trial.probes:
        return None
    return first[: trial.references], second[: trial.probes]


def means(vectors: FloatArray, rows: list[Rows]) -> FloatArray:
    """(sets, length) unit vectors: the mean direction of the `vectors` in each set of rows."""
    total = np.array([vectors[mine].sum(axis=0) for mine in rows]).reshape(-1, vectors.shape[1])
    return unit(total)


@dataclass(frozen=True, slots=True, eq=False)
class Protocol:
    """LFW's pairs: score, whether mated, and fold; each (n,)."""

    scores: Scores
    mated: npt.NDArray[np.bool_]
    folds: npt.NDArray[np.intp]


def lfw_protocol(samples: Samples, pairs: Path) -> Protocol:
    """The pairs of LFW's list `pairs`; a sample without a face scores 0.

    Raises KeyError for a name that is not among the samples.
    """
    places = {str(name): row for row, name in enumerate(samples.names)}
    lines = pairs.read_text(encoding="utf-8").splitlines()
    fold_count = int(lines[0].split()[0])
    couples = [_couple(line.split("\t")) for line in lines[1:] if line.strip()]
    first = [places[left] for left, _, _ in couples]
    second = [places[right] for _, right, _ in couples]
    return Protocol(
        scores=(samples.probes[first] * samples.probes[second]).sum(axis=1),
        mated=np.array([same for _, _, same in couples]),
        folds=np.arange(len(couples)) * fold_count // len(couples),
    )


def _couple(parts: list[str]) -> tuple[str, str, bool]:
    """Two file names, and whether both show one person."""
    if len(parts) == 3:
        name, number, other_number = parts
        return _lfw_name(name, number), _lfw_name(name, other_number), True
    name, number, other_name, other_number = parts
    return _lfw_name(name, number), _lfw_name(other_name, other_number), False


def _lfw_name(person: str, number: str) -> str:
    return f"{person}_{int(number):04d}.jpg"


def tenfold_correct(protocol: Protocol) -> int:
    """The number of pairs judged correctly, each fold by the best threshold of the others."""
    correct = 0
    for fold in np.unique(protocol.folds):
        own = protocol.folds == fold
        threshold = _best_threshold(protocol.scores[~own], protocol.mated[~own])
        correct += int(((protocol.scores[own] >= threshold) == protocol.mated[own]).sum())
    return correct


def _best_threshold(scores: Scores, mated: npt.NDArray[np.bool_]) -> float:
    order = np.argsort(scores)
    ordered = mated[order]
    below = np.concatenate([[0], np.cumsum(~ordered)])
    above = ordered.sum() - np.concatenate([[0], np.cumsum(ordered)])
    best = int(np.argmax(below + above))
    # Half-way to the score below: the next fold's scores lie on both sides of it.
    ends = np.concatenate([[-np.inf], scores[order], [np.inf]])
    middle = (ends[best] + ends[best + 1]) / 2
    return float(middle if np.isfinite(middle) else ends[best + 1])
