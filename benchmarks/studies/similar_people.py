"""Whether a margin or a cohort tells similar people apart better than one threshold.

    python -m benchmarks.studies.similar_people --lfw DIR --folder DIR [--encoder NAME] [--json]

The people of --folder (PERSON/[SESSION/]picture) are those who look alike. All people are divided
into three parts by a hash of their names: one part is the cohort, one chooses the thresholds for
FMR 1e-4, and the errors are counted on the third. Then the parts change places, until everybody was
in each of them once.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

from benchmarks.harness import figures
from benchmarks.harness.places import MODELS_DIR
from benchmarks.studies.similar_trials import leads, normalised_trials
from biometrics.engine.matching.metrics import rate, threshold_for
from biometrics.engine.matching.operating_point import load_operating_point
from biometrics.training.matching.gallery import gallery_of
from biometrics.training.matching.report import as_json
from biometrics.training.matching.samples import collect, pictures_in
from biometrics.training.matching.scores import FusionTrial, ScoreSet, fused_trials

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from biometrics.training.matching.samples import Flags, Samples

PARTS = 3
TARGET_FMR = 1e-4
ALIKE, OTHERS = "similar people", "lfw"
# The groups whose people are the cohort, and how many of the nearest ones count.
COHORTS: dict[str, tuple[tuple[str, ...], int]] = {
    "similarity": ((), 0),
    "cohort of LFW, 100 nearest": ((OTHERS,), 100),
    "cohort of LFW, 10 nearest": ((OTHERS,), 10),
    "cohort of both, 100 nearest": ((ALIKE, OTHERS), 100),
    "cohort of both, 10 nearest": ((ALIKE, OTHERS), 10),
    "cohort of similar people": ((ALIKE,), 10),
}


@dataclass(slots=True)
class RateCounts:
    """Numbers of errors and of trials, under a name of several words."""

    errors: Counter[tuple[str, ...]] = field(default_factory=Counter)
    trials: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def add(self, name: tuple[str, ...], wrong: Flags) -> None:
        """`wrong` (n,) says for each trial whether it is an error."""
        self.errors[name] += int(wrong.sum())
        self.trials[name] += len(wrong)

    def nested(self) -> dict[str, Any]:
        """The rates, by the first word of the name, then by the second, and so on."""
        whole: dict[str, Any] = {}
        for name, trials in self.trials.items():
            place = whole
            for part in name[:-1]:
                place = place.setdefault(part, {})
            place[name[-1]] = as_json(rate(self.errors[name], trials))
        return whole


@dataclass(frozen=True, slots=True)
class Turn:
    """Each group's people in three: the cohort, those who choose, and those who are reported on."""

    cohort: dict[str, Samples]
    choose: dict[str, Samples]
    report: dict[str, Samples]


def turns(groups: Mapping[str, Samples]) -> Iterator[Turn]:
    """The parts change places from turn to turn."""
    parts = {name: _parts(samples) for name, samples in groups.items()}
    for turn in range(PARTS):
        three = [
            {name: some[(turn + at) % PARTS] for name, some in parts.items()} for at in range(PARTS)
        ]
        yield Turn(*three)


def _parts(samples: Samples) -> list[Samples]:
    place = [hashlib.sha256(str(name).encode()).digest()[0] % PARTS for name in samples.people]
    return [samples.where(np.array(place) == part) for part in range(PARTS)]


def count(groups: Mapping[str, Samples], trial: FusionTrial, *, site: float) -> dict[str, Any]:
    """All errors, by rule. Plain similarity is also tried with `site`, the threshold in use."""
    rules, margins = RateCounts(), RateCounts()
    for turn in turns(groups):
        for rule in COHORTS:
            _count_rule(turn, rule, trial, rules, site)
        for name, enrolled in (("impostor on the roll", True), ("impostor not on it", False)):
            _count_margins(turn, name, trial, margins, enrolled=enrolled)
    return {"rules": rules.nested(), "margins": margins.nested()}


def _count_rule(turn: Turn, rule: str, trial: FusionTrial, tally: RateCounts, site: float) -> None:
    names, nearest = COHORTS[rule]
    others = [gallery_of(turn.cohort[name]).references for name in names]

    def scores(samples: Samples) -> ScoreSet:
        if not others:
            return fused_trials(samples, trial)
        return normalised_trials(samples, trial, np.concatenate(others), nearest=nearest)

    cuts = {name: _cut(scores(samples)) for name, samples in turn.choose.items()}
    chosen = {"threshold by LFW": cuts[OTHERS], "by the worst group": max(cuts.values())}
    if not others:
        chosen["the site's"] = site
    for group, samples in turn.report.items():
        reported = scores(samples)
        for by, cut in chosen.items():
            tally.add((rule, by, group, "fmr"), reported.nonmated >= cut)
            tally.add((rule, by, group, "fnmr"), reported.mated < cut)


def _cut(scores: ScoreSet) -> float:
    return threshold_for(fmr=TARGET_FMR, nonmated=scores.nonmated)


def _count_margins(
    turn: Turn, name: str, trial: FusionTrial, tally: RateCounts, *, enrolled: bool
) -> None:
    """At LFW's threshold, which is too low for similar people.

    The chosen margin is the largest that refuses none of those who choose.
    """
    cut = _cut(fused_trials(turn.choose[OTHERS], trial))
    free = min(
        float(_leads(samples, trial, enrolled=enrolled).mated.min())
        for samples in turn.choose.values()
    )
    for group, samples in turn.report.items():
        scores, ahead = fused_trials(samples, trial), _leads(samples, trial, enrolled=enrolled)
        for rule, margin in (("none", -np.inf), ("0", 0.0), ("chosen", max(0.0, free))):
            wrong = (scores.nonmated >= cut) & (ahead.nonmated >= margin)
            right = (scores.mated >= cut) & (ahead.mated >= margin)
            tally.add((name, rule, group, "fmr"), wrong)
            tally.add((name, rule, group, "fnmr"), ~right)


def _leads(samples: Samples, trial: FusionTrial, *, enrolled: bool) -> ScoreSet:
    return leads(samples, trial, gallery_of(samples), enrolled=enrolled)


def as_table(counted: dict[str, Any]) -> str:
    lines = []
    for rule, by_threshold in (*counted["rules"].items(), *counted["margins"].items()):
        lines.append(rule)
        for by, groups in by_threshold.items():
            shown = "; ".join(f"{name}: {_rates(rates)}" for name, rates in groups.items())
            lines.append(f"  {by:20} {shown}")
    return "\n".join(lines)


def _rates(rates: dict[str, Any]) -> str:
    return ", ".join(
        f"{name.upper()} {found['value']:.3%} ({found['errors']} of {found['trials']})"
        for name, found in rates.items()
    )


def encoded(folder: Path, group: str, encoder: str | None) -> Samples:
    """The pictures below `folder`, encoded; SystemExit if there are none."""
    pictures = pictures_in(folder, {}, group)
    if not pictures:
        raise SystemExit(f"{folder} holds no PERSON/picture.")
    return collect(
        pictures,
        MODELS_DIR,
        encoder=encoder,
        progress=lambda rows, total: tqdm(rows, desc=group, total=total, disable=None),
    )


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--lfw", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True, help="people who look alike")
    parser.add_argument("--encoder", help="a name in models/encoder.json")
    parser.add_argument("--probes", type=int, default=3, help="frames fused, 1 to 3")
    options = parser.parse_args()
    groups = {
        OTHERS: encoded(options.lfw, OTHERS, options.encoder),
        ALIKE: encoded(options.folder, ALIKE, options.encoder),
    }
    encoder, sha256 = groups[ALIKE].encoder, groups[ALIKE].encoder_sha256
    site = load_operating_point(MODELS_DIR, encoder, sha256).fused
    counted = count(groups, FusionTrial(3, options.probes), site=site) | {"encoder": encoder}
    figures.show(counted, as_json=options.json, table=as_table)


if __name__ == "__main__":
    main()
