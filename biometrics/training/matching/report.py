"""Error rates of an encoder on labelled samples, and the operating point that follows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from biometrics.engine.matching.metrics import (
    Rate,
    equal_error_rate,
    false_matches,
    false_non_matches,
    rate,
    threshold_for,
)
from biometrics.training.matching.reject import RejectPoint, reject_curves
from biometrics.training.matching.scores import (
    REFERENCE_TO_FRAME,
    REFERENCE_TO_FRAMES,
    ScoreSet,
    all_pairs,
    fused_trials,
    lfw_protocol,
    tenfold_correct,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from biometrics.training.matching.samples import Flags, Samples

TARGETS = {"1e-3": 1e-3, "1e-4": 1e-4, "1e-5": 1e-5}
# A single frame may match too easily: the mean of several frames decides, at FUSED_FMR.
FRAME_FMR = 1e-2
FUSED_FMR = 1e-4
# Among the photos that an official uploads for one voter, a wrong one must rarely go unnoticed.
SAME_PERSON_FMR = 1e-3


@dataclass(frozen=True, slots=True)
class Cut:
    """A threshold, the error rate it was chosen for, and the group that needed it."""

    threshold: float
    target_fmr: float
    group: str


@dataclass(frozen=True, slots=True)
class SitePoint:
    """The site's thresholds: for one frame, for frames fused, and for two photos of one voter."""

    frame: Cut
    fused: Cut
    same_person: Cut


def in_first_half(samples: Samples) -> Flags:
    """(n,): which samples belong to the first half of the people, by a hash of their names."""
    digests = (hashlib.sha256(str(person).encode()).digest() for person in samples.people)
    return np.array([digest[0] < 128 for digest in digests], dtype=bool)


def halves(samples: Samples) -> tuple[Samples, Samples]:
    """The samples of two disjoint halves of the people."""
    first = in_first_half(samples)
    return samples.where(first), samples.where(~first)


def accuracy(samples: Samples, pairs: Path) -> Rate:
    """The rate of correct answers in LFW's ten folds; `pairs` is LFW's list.

    Raises KeyError for a pair that is not among the samples.
    """
    protocol = lfw_protocol(samples, pairs)
    return rate(tenfold_correct(protocol), len(protocol.mated))


def error_rates(samples: Samples, score: Callable[[Samples], ScoreSet]) -> dict[str, Any]:
    """FNMR at each target FMR, and the EER of everybody.

    The thresholds are chosen on one half of the people and the errors counted on the other, and
    then the other way round. Empty if a half has no mated scores; a target that the data cannot
    show is left out.
    """
    one, other = (score(half) for half in halves(samples))
    pooled = score(samples)
    if not len(one.mated) or not len(other.mated):
        return {}
    equal = equal_error_rate(pooled.mated, pooled.nonmated)
    return {
        "fnmr_at_fmr": {
            name: _held_out(one, other, target)
            for name, target in TARGETS.items()
            if min(len(one.nonmated), len(other.nonmated)) * target >= 1
        },
        "eer": {"value": equal.value, "threshold": equal.threshold},
        "mated": len(pooled.mated),
        "nonmated": len(pooled.nonmated),
    }


def _held_out(one: ScoreSet, other: ScoreSet, target: float) -> dict[str, Any]:
    cuts = [threshold_for(fmr=target, nonmated=half.nonmated) for half in (one, other)]
    refused = _sum(false_non_matches(other.mated, cuts[0]), false_non_matches(one.mated, cuts[1]))
    accepted = _sum(false_matches(other.nonmated, cuts[0]), false_matches(one.nonmated, cuts[1]))
    return {"fnmr": as_json(refused), "fmr": as_json(accepted), "thresholds": cuts}


def _sum(one: Rate, other: Rate) -> Rate:
    return rate(one.errors + other.errors, one.trials + other.trials)


def as_json(share: Rate) -> dict[str, Any]:
    """The rate with its 95 % bounds and its numbers."""
    return {
        "value": share.value,
        "low": share.low,
        "high": share.high,
        "errors": share.errors,
        "trials": share.trials,
    }


def error_versus_reject(samples: Samples, scores: ScoreSet) -> dict[str, Any]:
    """For each target FMR, the FNMR after the worst samples are refused.

    `scores` must be `all_pairs(samples)`.
    """
    return {
        name: {
            "by_score": [_point_json(point) for point in curve.by_score],
            "site_cuts": curve.site_cuts and _point_json(curve.site_cuts),
        }
        for name, curve in reject_curves(samples, scores, TARGETS).items()
    }


def _point_json(point: RejectPoint) -> dict[str, Any]:
    return {"refused": point.refused, "left": point.left, "fnmr": as_json(point.fnmr)}


def to_frame(samples: Samples) -> ScoreSet:
    """Scores of three references fused with one frame."""
    return fused_trials(samples, REFERENCE_TO_FRAME)


def to_frames(samples: Samples) -> ScoreSet:
    """Scores of three references fused with three frames fused."""
    return fused_trials(samples, REFERENCE_TO_FRAMES)


def choose_point(samples: Samples) -> SitePoint:
    """The highest thresholds that any group needs: people who look alike decide for all.

    Raises ValueError if no group has people with enough pictures.
    """
    groups = [str(group) for group in np.unique(samples.groups)]
    frame = {group: to_frame(samples.of_group(group)) for group in groups}
    fused = {group: to_frames(samples.of_group(group)) for group in groups}
    single = all_pairs(samples)
    return SitePoint(
        frame=_worst(frame, FRAME_FMR),
        fused=_worst(fused, FUSED_FMR),
        same_person=Cut(
            threshold_for(fmr=SAME_PERSON_FMR, nonmated=single.nonmated), SAME_PERSON_FMR, "all"
        ),
    )


def _worst(scores: Mapping[str, ScoreSet], target: float) -> Cut:
    cuts = [
        Cut(threshold_for(fmr=target, nonmated=found.nonmated), target, group)
        for group, found in scores.items()
        if len(found.nonmated)
    ]
    if not cuts:
        raise ValueError("nobody has enough pictures: four a person, or two sessions of three")
    return max(cuts, key=lambda cut: cut.threshold)


def at_point(samples: Samples, frame: float, fused: float) -> dict[str, Any]:
    """A group's error rates at the site's thresholds, for one frame and for frames fused."""
    report = {}
    for name, scores, threshold in (
        ("frame", to_frame(samples), frame),
        ("fused", to_frames(samples), fused),
    ):
        if len(scores.mated):
            report[name] = {
                "fmr": as_json(false_matches(scores.nonmated, threshold)),
                "fnmr": as_json(false_non_matches(scores.mated, threshold)),
            }
    return report


def build_report(chosen: Samples, reported: Samples | None, pairs: Path | None) -> dict[str, Any]:
    """Everything that evaluate_matching prints.

    Thresholds are chosen on `chosen`; `reported` is only reported on. `pairs` is LFW's list and
    needs a group `lfw` in `chosen`. Raises what `choose_point` and `accuracy` raise.
    """
    point = choose_point(chosen)
    groups = {str(group): chosen.of_group(str(group)) for group in np.unique(chosen.groups)}
    held_out = (
        {}
        if reported is None
        else {str(group): reported.of_group(str(group)) for group in np.unique(reported.groups)}
    )
    missed = int((~chosen.acquired).sum())
    return {
        "encoder": chosen.encoder,
        "encoder_sha256": chosen.encoder_sha256,
        "tenfold_accuracy": as_json(accuracy(groups["lfw"], pairs)) if pairs else None,
        "single": error_rates(chosen, all_pairs),
        "fused": error_rates(chosen, to_frames),
        "threshold": {
            name: _cut_json(getattr(point, name)) for name in ("frame", "fused", "same_person")
        },
        "failure_to_acquire": as_json(rate(missed, len(chosen.acquired))),
        "groups": {
            name: _group_report(group, point) | {"chosen_on": name in groups}
            for name, group in (groups | held_out).items()
        },
    }


def _group_report(samples: Samples, point: SitePoint) -> dict[str, Any]:
    return {
        "people": len(np.unique(samples.people)),
        "samples": len(samples.people),
        "at_threshold": at_point(samples, point.frame.threshold, point.fused.threshold),
        "single": error_rates(samples, all_pairs),
        "error_versus_reject": error_versus_reject(samples, all_pairs(samples)),
    }


def _cut_json(cut: Cut) -> dict[str, Any]:
    return {"threshold": cut.threshold, "target_fmr": cut.target_fmr, "group": cut.group}


def card_of(report: dict[str, Any], *, today: date) -> dict[str, Any]:
    """models/matching-ENCODER.json: the thresholds, and the data that they come from."""
    return {
        "encoder": report["encoder"],
        "encoder_sha256": report["encoder_sha256"],
        **report["threshold"],
        **({"search": report["search"]} if "search" in report else {}),
        "meaning": {
            "frame": "three references fused, against one frame",
            "fused": "three references fused, against three frames fused",
            "same_person": "one photograph against another of the same voter",
            "search": "a reference of up to three photographs among those of everybody else",
        },
        "groups": {
            name: {key: rates[key] for key in ("people", "samples", "chosen_on", "at_threshold")}
            for name, rates in report["groups"].items()
        },
        "made": today.isoformat(),
        "command": "manage.py evaluate_matching --write-card",
    }


def as_table(report: dict[str, Any]) -> str:
    """The report as text for people."""
    lines = [f"encoder {report['encoder']}"]
    if report["tenfold_accuracy"]:
        lines.append(f"ten-fold accuracy      {_percent(report['tenfold_accuracy'])}")
    lines.append(f"failure to acquire     {_percent(report['failure_to_acquire'])}")
    for name in ("single", "fused"):
        for target, rates in report[name].get("fnmr_at_fmr", {}).items():
            lines.append(f"{name:7} FNMR at FMR {target}  {_percent(rates['fnmr'])}")
    for name, cut in report["threshold"].items():
        lines.append(f"threshold {name:12} {cut['threshold']:.3f}  (needed by {cut['group']})")
    if search := report.get("search"):
        lines += _search_lines("search", search, search["gallery"])
        lines += _search_lines("site's search", search["site"], search["gallery"])
    for group, measured in report["groups"].items():
        for name, rates in measured["at_threshold"].items():
            shown = f"FMR {_percent(rates['fmr'])}, FNMR {_percent(rates['fnmr'])}"
            lines.append(f"{group} {name}: {shown}")
        for target, curve in measured["error_versus_reject"].items():
            lines += _reject_lines(f"{group} FNMR at FMR {target}", curve)
    return "\n".join(lines)


def _search_lines(title: str, rates: dict[str, Any], gallery: int) -> list[str]:
    among = f"FPIR {_percent(rates['fpir'])} among {gallery}"
    missed = [f"{title} FNIR, {name}: {_percent(fnir)}" for name, fnir in rates["fnir"].items()]
    return [f"threshold {title:13}{rates['threshold']:.3f}  {among}", *missed]


def _reject_lines(title: str, curve: dict[str, Any]) -> list[str]:
    named = [("lowest quality", point) for point in curve["by_score"]]
    if curve["site_cuts"]:
        named.append(("by the site's cuts", curve["site_cuts"]))
    return [
        f"{title}, {point['refused']:.1%} refused ({name}), {point['left']} left: "
        f"{_percent(point['fnmr'])}"
        for name, point in named
    ]


def _percent(share: dict[str, Any]) -> str:
    return f"{share['value']:.4%} [{share['low']:.4%}, {share['high']:.4%}]"
