"""Chooses the threshold of attack detection, and measures it on sources that had no say in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from biometrics.engine.matching.metrics import balanced_threshold
from biometrics.training.liveness.dataset import MADE_OF, Side, source_of
from biometrics.training.liveness.report import judged, report

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from biometrics.training.liveness.report import Judged
    from biometrics.training.liveness.samples import Scored

RULE = "BPCER equal to the APCER of the worst species, each the mean over the sources"


class NothingLeft(ValueError):
    """A source was to be left out that is not there, or nothing else is there to choose by."""


def threshold_of(choose: Sequence[Judged]) -> float:
    """The threshold that RULE gives. Raises ValueError if one of the classes is missing."""
    bona_fide: dict[str, list[float]] = {}
    attacks: dict[str, dict[str, list[float]]] = {}
    for frame in choose:
        source = source_of(frame.groups["source"])
        if frame.bona_fide:
            bona_fide.setdefault(source, []).append(frame.score)
        else:
            attacks.setdefault(source, {}).setdefault(frame.species, []).append(frame.score)
    threshold = balanced_threshold(
        {source: np.array(scores) for source, scores in bona_fide.items()},
        {
            source: {species: np.array(scores) for species, scores in by_species.items()}
            for source, by_species in attacks.items()
        },
    )
    return round(threshold, 4)


def sources_learnt(card: Mapping[str, Any]) -> frozenset[str]:
    """The sources that a network learnt from, as its card lists them: "SOURCE, SPECIES"."""
    counts = card.get("training", {}).get("examples", {}).get(Side.TRAIN, {})
    names = (name.rpartition(", ")[0] for name in counts)
    return frozenset(name.removeprefix(MADE_OF) for name in names)


def report_left_out(
    scored: Sequence[Scored],
    left_out: Collection[str],
    by: Sequence[str] = (),
    *,
    learnt: Collection[str],
) -> dict[str, Any]:
    """The report on the sources in `left_out`, at the threshold that all other sources choose.

    `learnt` are the sources that the network learnt from: `learnt_from` names those of them that
    are left out here. The figures are only those of a stranger's data where it is empty.

    Raises NothingLeft if a source is not among `scored`, or if the others lack a class.
    """
    present = {frame.presentation.source for frame in scored}
    if missing := set(left_out) - present:
        there = ", ".join(sorted(present))
        raise NothingLeft(f"there is no source {', '.join(sorted(missing))}; there is {there}")
    others = [frame for frame in scored if frame.presentation.source not in left_out]
    chosen_by = judged(others)
    if len({frame.bona_fide for frame in chosen_by}) < 2:
        raise NothingLeft("without it there are no real faces or no attacks to choose a threshold")
    rest = [frame for frame in scored if frame.presentation.source in left_out]
    return report(rest, threshold_of(chosen_by), by) | {
        "left_out": sorted(left_out),
        "threshold_chosen_by": sorted(present - set(left_out)),
        "learnt_from": sorted(set(left_out) & set(learnt)),
    }
