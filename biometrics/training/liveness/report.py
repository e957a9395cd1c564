"""Error rates of attack detection by ISO/IEC 30107-3, of single frames and of ten frames fused."""

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

    from biometrics.training.liveness.samples import Presentation, Scored

FUSED_FRAMES = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A score from 0 to 1, higher is more bona fide, and what was before the camera.

    `groups` are the names by which rates can be broken down. `series` is described in Presentation.
    """

    score: float
    bona_fide: bool
    species: str
    groups: dict[str, str]
    series: tuple[str, ...] = ()


def judged(scored: Sequence[Scored]) -> list[Judged]:
    """The frames with a face."""
    return [_judged(frame.presentation, frame.score) for frame in scored if frame.score is not None]


def _judged(presentation: Presentation, score: float) -> Judged:
    return Judged(
        score,
        presentation.bona_fide,
        presentation.species,
        {
            "source": presentation.source,
            "species": presentation.species or "bona_fide",
            "subject": presentation.subject,
        },
        presentation.series,
    )


def fused(frames: Sequence[Judged]) -> list[Judged]:
    """One for every ten consecutive frames of a series, with their mean score.

    Frames without a series, and what is left over at its end, are left out.
    """
    series: dict[tuple[str, ...], list[Judged]] = {}
    for frame in frames:
        if frame.series:
            series.setdefault(frame.series, []).append(frame)
    tens = [
        part[start : start + FUSED_FRAMES]
        for part in series.values()
        for start in range(0, len(part) - FUSED_FRAMES + 1, FUSED_FRAMES)
    ]
    return [replace(ten[0], score=sum(frame.score for frame in ten) / FUSED_FRAMES) for ten in tens]


def summary(samples: Sequence[Judged], threshold: float) -> dict[str, Any]:
    """Error rates at `threshold`. ACER counts the worst species.

    What a set with one class alone cannot show is None.
    """
    bona_fide = _scores([sample for sample in samples if sample.bona_fide])
    attacks = [sample for sample in samples if not sample.bona_fide]
    attack_scores = _scores(attacks)
    species = apcer_by_species(attack_scores, [attack.species for attack in attacks], threshold)
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
    """The `summary` of all frames with a face, and more of the same.

    `clip` is that of ten frames fused, `by` that of each group, `served` that of the frames which
    the site would judge. `by` names keys of Judged.groups. `scored` must not be empty.
    """
    frames = judged(scored)
    clips = fused(frames)
    whole = summary(frames, threshold)
    whole["failure_to_acquire"] = sum(frame.score is None for frame in scored) / len(scored)
    whole["clip"] = summary(clips, threshold) if clips else None
    whole["by"] = {name: _grouped(frames, name, threshold) for name in by}
    whole["served"] = _served(scored, threshold)
    return whole


def _served(scored: Sequence[Scored], threshold: float) -> dict[str, Any]:
    """The frames that the site judges, and how often it answers with a hint instead.

    ISO/IEC 30107-3 calls such answers non-responses.
    """
    fit = judged([frame for frame in scored if frame.fit])
    clips = fused(fit)
    return {
        **summary(fit, threshold),
        "clip": summary(clips, threshold) if clips else None,
        "non_response": {
            name: as_json(
                _unfit([frame for frame in scored if frame.presentation.bona_fide is label])
            )
            for name, label in (("bona_fide", True), ("attack", False))
        },
    }


def _unfit(scored: Sequence[Scored]) -> Rate:
    return rate(sum(not frame.fit for frame in scored), len(scored))


def area_under_curve(
    bona_fide: npt.NDArray[np.floating], attacks: npt.NDArray[np.floating]
) -> float:
    """The share of pairs in which the bona fide score is the higher one; a tie counts half.

    Both are (n,) scores and must not be empty.
    """
    ordered = np.sort(attacks)
    below = np.searchsorted(ordered, bona_fide, side="left")
    not_above = np.searchsorted(ordered, bona_fide, side="right")
    return float((below + not_above).sum() / (2 * len(bona_fide) * len(attacks)))


def as_json(share: Rate) -> dict[str, float]:
    """The rate with its numbers and its 95 % bounds."""
    return {
        "rate": share.value,
        "errors": share.errors,
        "trials": share.trials,
        "low": share.low,
        "high": share.high,
    }


def _scores(samples: Sequence[Judged]) -> npt.NDArray[np.floating]:
    return np.array([sample.score for sample in samples], dtype=np.float64)


def _grouped(frames: Sequence[Judged], name: str, threshold: float) -> dict[str, Any]:
    groups = sorted({frame.groups[name] for frame in frames})
    return {
        group: summary([frame for frame in frames if frame.groups[name] == group], threshold)
        for group in groups
    }
