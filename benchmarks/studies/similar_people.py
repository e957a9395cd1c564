"""Whether a margin or a cohort tells similar people apart better than one threshold.

    python benchmarks/studies/similar_people.py --lfw DIR --folder DIR [--encoder NAME] [--json]

The people of DIR (PERSON/[SESSION/]picture) are those who are alike. All people are parted in three
by a hash of their names: one part gives the cohort, one chooses thresholds for FMR 1e-4, on one the
errors are counted; then the parts change places until everybody was reported on once.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.studies.encoded import MODELS_DIR, encoded
from benchmarks.studies.similar_trials import leads, normalised_trials
from biometrics.engine.matching.metrics import rate, threshold_for
from biometrics.engine.matching.operating_point import load_operating_point
from biometrics.training.matching.report import as_json
from biometrics.training.matching.roll import roll_of
from biometrics.training.matching.scores import ScoreSet, Trial, fused_trials

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from biometrics.training.matching.samples import Flags, Samples

PARTS = 3
TARGET_FMR = 1e-4
ALIKE, OTHERS = "similar people", "lfw"
# The groups whose people are the cohort, and how many of the nearest count.
COHORTS: dict[str, tuple[tuple[str, ...], int]] = {
    "similarity": ((), 0),
    "cohort of LFW, 100 nearest": ((OTHERS,), 100),
    "cohort of LFW, 10 nearest": ((OTHERS,), 10),
    "cohort of both, 100 nearest": ((ALIKE, OTHERS), 100),
    "cohort of both, 10 nearest": ((ALIKE, OTHERS), 10),
    "cohort of similar people": ((ALIKE,), 10),
}


@dataclass(slots=True)
class Tally:
    """Errors and trials by what they are errors of."""

    errors: Counter[tuple[str, ...]] = field(default_factory=Counter)
    trials: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def add(self, name: tuple[str, ...], wrong: Flags) -> None:
        """`wrong` says of each trial whether it is an error."""
        self.errors[name] += int(wrong.sum())
        self.trials[name] += len(wrong)

    def nested(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, trials in self.trials.items():
            place = found
            for part in name[:-1]:
                place = place.setdefault(part, {})
            place[name[-1]] = as_json(rate(self.errors[name], trials))
        return found


@dataclass(frozen=True, slots=True)
class Turn:
    """One group each of the people who give the cohort, who choose, and who are reported on."""

    cohort: dict[str, Samples]
    choose: dict[str, Samples]
    report: dict[str, Samples]


def turns(groups: Mapping[str, Samples]) -> Iterator[Turn]:
    parts = {name: _parts(samples) for name, samples in groups.items()}
    for turn in range(PARTS):
        three = [
            {name: some[(turn + at) % PARTS] for name, some in parts.items()} for at in range(PARTS)
        ]
        yield Turn(*three)


def _parts(samples: Samples) -> list[Samples]:
    place = [hashlib.sha256(str(one).encode()).digest()[0] % PARTS for one in samples.people]
    return [samples.where(np.array(place) == part) for part in range(PARTS)]


def count(groups: Mapping[str, Samples], trial: Trial, *, site: float) -> dict[str, Any]:
    """`site` is the threshold in use, at which plain similarities are counted as well."""
    rules, margins = Tally(), Tally()
    for turn in turns(groups):
        for rule in COHORTS:
            _count_rule(turn, rule, trial, rules, site)
        for name, enrolled in (("impostor on the roll", True), ("impostor not on it", False)):
            _count_margins(turn, name, trial, margins, enrolled=enrolled)
    return {"rules": rules.nested(), "margins": margins.nested()}


def _count_rule(turn: Turn, rule: str, trial: Trial, tally: Tally, site: float) -> None:
    names, nearest = COHORTS[rule]
    others = [roll_of(turn.cohort[name]).references for name in names]

    def scores(samples: Samples) -> ScoreSet:
        if not others:
            return fused_trials(samples, trial)
        return normalised_trials(samples, trial, np.concatenate(others), nearest=nearest)

    cuts = {name: _cut(scores(samples)) for name, samples in turn.choose.items()}
    chosen = {"threshold by LFW": cuts[OTHERS], "by the worst group": max(cuts.values())}
    if not others:
        chosen["the site's"] = site
    for group, samples in turn.report.items():
        found = scores(samples)
        for by, cut in chosen.items():
            tally.add((rule, by, group, "fmr"), found.nonmated >= cut)
            tally.add((rule, by, group, "fnmr"), found.mated < cut)


def _cut(scores: ScoreSet) -> float:
    return threshold_for(fmr=TARGET_FMR, nonmated=scores.nonmated)


def _count_margins(turn: Turn, name: str, trial: Trial, tally: Tally, *, enrolled: bool) -> None:
    """At LFW's threshold, which similar people outwit; the chosen margin costs none who choose."""
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


def _leads(samples: Samples, trial: Trial, *, enrolled: bool) -> ScoreSet:
    return leads(samples, trial, roll_of(samples), enrolled=enrolled)


def as_table(figures: dict[str, Any]) -> str:
    lines = []
    for rule, by_threshold in (*figures["rules"].items(), *figures["margins"].items()):
        lines.append(rule)
        for by, groups in by_threshold.items():
            shown = "; ".join(f"{name}: {_rates(found)}" for name, found in groups.items())
            lines.append(f"  {by:20} {shown}")
    return "\n".join(lines)


def _rates(found: dict[str, Any]) -> str:
    return ", ".join(
        f"{kind.upper()} {one['value']:.3%} ({one['errors']} of {one['trials']})"
        for kind, one in found.items()
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lfw", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True, help="people who are alike")
    parser.add_argument("--encoder", help="a name in models/encoder.json")
    parser.add_argument("--probes", type=int, default=3, help="frames fused, 1 to 3")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    groups = {
        OTHERS: encoded(options.lfw, OTHERS, options.encoder),
        ALIKE: encoded(options.folder, ALIKE, options.encoder),
    }
    one = groups[ALIKE]
    site = load_operating_point(MODELS_DIR, one.encoder, one.encoder_sha256).fused
    figures = count(groups, Trial(3, options.probes), site=site) | {"encoder": one.encoder}
    print(json.dumps(figures, indent=2) if options.json else as_table(figures))


if __name__ == "__main__":
    main()
