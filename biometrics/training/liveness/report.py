"""Error rates of attack detection by ISO/IEC 30107-3, frame by frame and over ten frames."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from biometrics.engine.matching.metrics import (
    Rate,
    apcer_by_species,
    equal_error_rate,
    false_non_matches,
    rate,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from biometrics.training.liveness.samples import Scored

FUSED_FRAMES = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A score and what was before the camera; `series` as in Presentation."""

    score: float
    bona_fide: bool
    species: str
    groups: dict[str, str]
    series: tuple[str, ...] = ()


def judged(scored: Sequence[Scored]) -> list[Judged]:
    """The frames in which a face was found."""
    return [
        Judged(
            one.score,
            one.presentation.bona_fide,
            one.presentation.species,
            {
                "source": one.presentation.source,
                "species": one.presentation.species or "bona_fide",
                "subject": one.presentation.subject,
            },
            one.presentation.series,
        )
        for one in scored
        if one.score is not None
    ]


def fused(frames: Sequence[Judged]) -> list[Judged]:
    """The mean of every ten consecutive frames of a series."""
    series: dict[tuple[str, ...], list[Judged]] = {}
    for frame in frames:
        if frame.series:
            series.setdefault(frame.series, []).append(frame)
    tens = [
        some[start : start + FUSED_FRAMES]
        for some in series.values()
        for start in range(0, len(some) - FUSED_FRAMES + 1, FUSED_FRAMES)
    ]
    return [replace(ten[0], score=sum(one.score for one in ten) / FUSED_FRAMES) for ten in tens]


def summary(samples: Sequence[Judged], threshold: float) -> dict[str, Any]:
    """ACER counts the worst species; what a set of one class cannot show is None."""
    bona_fide = _scores([one for one in samples if one.bona_fide])
    attacks = [one for one in samples if not one.bona_fide]
    attack_scores = _scores(attacks)
    species = apcer_by_species(attack_scores, [one.species for one in attacks], threshold)
    bpcer = false_non_matches(bona_fide, threshold)
    both = len(bona_fide) > 0 and len(attacks) > 0
    worst = max((rate.value for rate in species.values()), default=None)
    return {
        "threshold": threshold,
        "acer": (worst + bpcer.value) / 2 if both and worst is not None else None,
        "eer": equal_error_rate(bona_fide, attack_scores).value if both else None,
        "auc": area_under_curve(bona_fide, attack_scores) if both else None,
        "bpcer": as_json(bpcer) if len(bona_fide) else None,
        "apcer_by_species": {name: as_json(rate) for name, rate in species.items()},
    }


def report(scored: Sequence[Scored], threshold: float, by: Sequence[str] = ()) -> dict[str, Any]:
    """The whole, and the same under `by` for each group and under `clip` for ten frames fused."""
    frames = judged(scored)
    clips = fused(frames)
    found = summary(frames, threshold)
    found["failure_to_acquire"] = sum(one.score is None for one in scored) / len(scored)
    found["clip"] = summary(clips, threshold) if clips else None
    found["by"] = {name: _grouped(frames, name, threshold) for name in by}
    found["served"] = _served(scored, threshold)
    return found


def _served(scored: Sequence[Scored], threshold: float) -> dict[str, Any]:
    """The frames that the site judges; how often it answers with a hint instead stands beside it.

    ISO/IEC 30107-3 calls those answers non-responses.
    """
    fit = judged([one for one in scored if one.fit])
    clips = fused(fit)
    return {
        **summary(fit, threshold),
        "clip": summary(clips, threshold) if clips else None,
        "non_response": {
            name: as_json(_unfit([one for one in scored if one.presentation.bona_fide is label]))
            for name, label in (("bona_fide", True), ("attack", False))
        },
    }


def _unfit(scored: Sequence[Scored]) -> Rate:
    return rate(sum(not one.fit for one in scored), len(scored))


def area_under_curve(
    bona_fide: npt.NDArray[np.floating], attacks: npt.NDArray[np.floating]
) -> float:
    """How often a bona fide score is the higher of a pair; a tie counts half."""
    ordered = np.sort(attacks)
    below = np.searchsorted(ordered, bona_fide, side="left")
    not_above = np.searchsorted(ordered, bona_fide, side="right")
    return float((below + not_above).sum() / (2 * len(bona_fide) * len(attacks)))


def as_json(found: Rate) -> dict[str, float]:
    return {
        "rate": found.value,
        "errors": found.errors,
        "trials": found.trials,
        "low": found.low,
        "high": found.high,
    }


def _scores(samples: Sequence[Judged]) -> npt.NDArray[np.floating]:
    return np.array([one.score for one in samples], dtype=np.float64)


def _grouped(frames: Sequence[Judged], name: str, threshold: float) -> dict[str, Any]:
    groups = sorted({one.groups[name] for one in frames})
    return {
        group: summary([one for one in frames if one.groups[name] == group], threshold)
        for group in groups
    }
