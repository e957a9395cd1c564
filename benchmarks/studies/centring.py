"""What it helps to take out of descriptors what the faces of whole groups have in common.

    python benchmarks/studies/centring.py --lfw DIR --fit DIR --choose DIR --report DIR [--json]

`--fit`, `--choose` and `--report` hold different people of one group who are alike
(PERSON/[SESSION/]picture): the first give the group's mean, the second a threshold at which 1 % of
them match a stranger's reference, on the third errors are counted. The mean of people at large is
that of LFW's people with one picture; to see whether it matters that their pictures are compared
with others', too, LFW is counted a second time with the mean of the other half of its people.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.studies.encoded import MODELS_DIR, encoded
from biometrics.engine.artifacts import read_card
from biometrics.engine.matching.centring import Centring
from biometrics.engine.matching.encoding import CARD, joined, read_choice
from biometrics.engine.matching.metrics import threshold_for
from biometrics.training.matching.centring import group_mean, pictured_once
from biometrics.training.matching.report import (
    FRAME_FMR,
    at_point,
    error_rates,
    in_first_half,
    to_frame,
)
from biometrics.training.matching.scores import all_pairs

if TYPE_CHECKING:
    from collections.abc import Callable

    from biometrics.engine.matching.encoding import EncoderChoice
    from biometrics.engine.types import FloatArray
    from biometrics.training.matching.samples import Samples

    # From the groups' samples of one network to the means that are taken out.
    Means = Callable[[dict[str, Samples]], FloatArray]

LFW, FIT, CHOOSE, REPORT = "lfw", "fit", "choose", "report"


def _at_large(samples: dict[str, Samples]) -> FloatArray:
    lfw = samples[LFW]
    once = pictured_once(lfw.people)
    return group_mean(LFW, lfw.where(once)).mean


def _group(samples: dict[str, Samples]) -> FloatArray:
    return group_mean(FIT, samples[FIT]).mean


RULES: dict[str, Means | None] = {
    "descriptors as they are": None,
    "mean of people at large subtracted": lambda some: np.stack([_at_large(some)]),
    "half-way to the group's mean subtracted": lambda some: np.stack(
        [(_at_large(some) + _group(some)) / 2]
    ),
    "mean subtracted, group's direction left out": lambda some: np.stack(
        [_at_large(some), _group(some)]
    ),
}


def centred(samples: Samples, means: FloatArray) -> Samples:
    """A picture without a face goes on matching nothing."""
    centring = Centring.from_means("", means)
    faces = samples.acquired[:, None]
    return replace(
        samples,
        probes=centring.apply(samples.probes) * faces,
        references=centring.apply(samples.references) * faces,
    )


def beside(parts: list[Samples], choice: EncoderChoice) -> Samples:
    """One encoder's samples from those of its networks."""
    return replace(
        parts[0],
        probes=joined([part.probes for part in parts], choice.scales),
        references=joined([part.references for part in parts], choice.scales),
    )


def of_other_half(samples: dict[str, Samples], means: Means) -> Samples:
    """LFW, each half centred by what the other half's people give."""
    lfw = samples[LFW]
    first = in_first_half(lfw)
    halves = {True: lfw.where(first), False: lfw.where(~first)}
    probes, references = np.zeros_like(lfw.probes), np.zeros_like(lfw.references)
    for half, own in ((True, first), (False, ~first)):
        found = centred(halves[half], means(samples | {LFW: halves[not half]}))
        probes[own], references[own] = found.probes, found.references
    return replace(lfw, probes=probes, references=references)


def measure(networks: list[dict[str, Samples]], choice: EncoderChoice) -> dict[str, Any]:
    return {rule: _measure(networks, choice, means) for rule, means in RULES.items()}


def _measure(
    networks: list[dict[str, Samples]], choice: EncoderChoice, means: Means | None
) -> dict[str, Any]:
    taken_out = [means(some) if means else None for some in networks]

    def group(name: str) -> Samples:
        parts = [
            some[name] if out is None else centred(some[name], out)
            for some, out in zip(networks, taken_out, strict=True)
        ]
        return beside(parts, choice)

    lfw = group(LFW)
    cut = threshold_for(fmr=FRAME_FMR, nonmated=to_frame(group(CHOOSE)).nonmated)
    found = {
        "lfw": error_rates(lfw, all_pairs)["fnmr_at_fmr"],
        "threshold": cut,
        "lfw at threshold": at_point(lfw, cut, cut)["frame"],
        "reported at threshold": at_point(group(REPORT), cut, cut)["frame"],
    }
    if means:
        halves = beside([of_other_half(some, means) for some in networks], choice)
        found["lfw, by the other half"] = error_rates(halves, all_pairs)["fnmr_at_fmr"]
    return found


def _own_encoder(network: str) -> str:
    known = read_card(MODELS_DIR, CARD)["encoders"]
    return next(name for name, entry in known.items() if entry["networks"] == [network])


def as_table(figures: dict[str, Any]) -> str:
    lines = []
    for rule, found in figures.items():
        lines.append(rule)
        for name in ("lfw", "lfw, by the other half"):
            if name in found:
                shown = (f"{_rate(rates['fnmr'])} at {at}" for at, rates in found[name].items())
                lines.append(f"  {name}: FNMR {', '.join(shown)}")
        for name in ("lfw at threshold", "reported at threshold"):
            rates = found[name]
            lines.append(f"  {name}: FMR {_rate(rates['fmr'])}, FNMR {_rate(rates['fnmr'])}")
    return "\n".join(lines)


def _rate(found: dict[str, Any]) -> str:
    return f"{found['value']:.3%} ({found['errors']} of {found['trials']})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in (LFW, FIT, CHOOSE, REPORT):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--encoder", help="a name in models/encoder.json")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    choice = read_choice(MODELS_DIR, options.encoder)
    folders = {name: getattr(options, name) for name in (LFW, FIT, CHOOSE, REPORT)}
    networks = [
        {
            name: encoded(folder, name, _own_encoder(network), centred=False)
            for name, folder in folders.items()
        }
        for network in choice.networks
    ]
    figures = measure(networks, choice)
    print(json.dumps(figures, indent=2) if options.json else as_table(figures))


if __name__ == "__main__":
    main()
