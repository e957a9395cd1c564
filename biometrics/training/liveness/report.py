"""Error rates of attack detection by ISO/IEC 30107-3, of single frames and of ten frames fused.

The bounds of a rate are over people where all of them are named (`over`: people), or over frames.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from biometrics.engine.matching.metrics import (
    Rate,
    equal_error_rate,
    rate,
)
from biometrics.training.liveness.people_bounds import bounds_over_people

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from biometrics.training.liveness.samples import Scored

FUSED_FRAMES = 10
# The names by which figures can be broken down.
GROUPS = ("source", "species", "subject", "support", "light", "camera", "skin")
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Judged:
    """A score from 0 to 1, higher is more bona fide, and what was before the camera.

    `groups` are the names by which rates can be broken down. `series` is described in Presentation.
    `person` names the person within all sources, empty where nobody is named.
    """

    score: float
    bona_fide: bool
    species: str
    groups: dict[str, str]
    series: tuple[str, ...] = ()
    person: str = ""


def judged(scored: Sequence[Scored]) -> list[Judged]:
    """The frames with a face."""
    return [_judged(frame, frame.score) for frame in scored if frame.score is not None]


def _judged(frame: Scored, score: float) -> Judged:
    presentation = frame.presentation
    return Judged(
        score,
        presentation.bona_fide,
        presentation.species,
        {
            "source": presentation.source,
            "species": presentation.species or "bona_fide",
            "subject": presentation.subject,
            "support": presentation.support or UNKNOWN,
            "light": presentation.light or UNKNOWN,
            "camera": frame.camera or UNKNOWN,
            "skin": frame.skin or UNKNOWN,
        },
        presentation.series,
        presentation.person,
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
    bona_fide = [sample for sample in samples if sample.bona_fide]
    attacks = [sample for sample in samples if not sample.bona_fide]
    species = {
        name: share_of(
            [sample for sample in attacks if sample.species == name],
            lambda sample: sample.score >= threshold,
        )
        for name in sorted({sample.species for sample in attacks})
    }
    bpcer = share_of(bona_fide, lambda sample: sample.score < threshold)
    worst = max((share["rate"] for share in species.values()), default=None)
    both = len(bona_fide) > 0 and len(attacks) > 0
    real, false = _scores(bona_fide), _scores(attacks)
    return {
        "threshold": threshold,
        "acer": (worst + bpcer["rate"]) / 2 if both and worst is not None else None,
        "eer": equal_error_rate(real, false).value if both else None,
        "auc": area_under_curve(real, false) if both else None,
        "bpcer": bpcer if bona_fide else None,
        "apcer_by_species": species,
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
    whole["refusals"] = refusals(scored)
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


def refusals(scored: Sequence[Scored]) -> dict[str, Any]:
    """How often quality answers bona fide frames with a hint: by hint, and by skin colour.

    `by_skin` compares the darkest third of the skins with the lightest third, in each source and
    light by itself; `ratio` is of their shares of refusals, None where the lightest has none.
    """
    honest = [frame for frame in scored if frame.presentation.bona_fide]
    hints = Counter(frame.hint for frame in honest if not frame.fit)
    return {
        "bona_fide": len(honest),
        "by_hint": dict(sorted(hints.items())),
        "by_skin": _refusals_by_skin(honest),
    }


def _refusals_by_skin(honest: Sequence[Scored]) -> dict[str, Any]:
    rooms: dict[tuple[str, str], list[tuple[float, bool]]] = {}
    for frame in honest:
        if frame.skin_angle is not None:
            room = (frame.presentation.source, frame.presentation.light)
            rooms.setdefault(room, []).append((frame.skin_angle, not frame.fit))
    darkest: list[bool] = []
    lightest: list[bool] = []
    for seen in rooms.values():
        ordered = [refused for _angle, refused in sorted(seen)]
        third = len(ordered) // 3
        darkest += ordered[:third]
        lightest += ordered[len(ordered) - third :]
    dark, light = (rate(sum(part), len(part)) for part in (darkest, lightest))
    return {
        "darkest": as_json(dark),
        "lightest": as_json(light),
        "ratio": dark.value / light.value if light.errors else None,
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


def share_of(samples: Sequence[Judged], is_error: Callable[[Judged], bool]) -> dict[str, Any]:
    """The share of errors, its numbers and its 95 % bounds, over people where all are named."""
    wrong = [is_error(sample) for sample in samples]
    found = as_json(rate(sum(wrong), len(wrong)))
    over_people = bounds_over_people(wrong, [sample.person for sample in samples])
    if over_people is None:
        return found
    return found | {
        "low": over_people.low,
        "high": over_people.high,
        "over": "people",
        "people": over_people.people,
    }


def as_json(share: Rate) -> dict[str, Any]:
    """The rate with its numbers and its 95 % bounds over single trials."""
    return {
        "rate": share.value,
        "errors": share.errors,
        "trials": share.trials,
        "low": share.low,
        "high": share.high,
        "over": "frames",
    }


def _scores(samples: Sequence[Judged]) -> npt.NDArray[np.floating]:
    return np.array([sample.score for sample in samples], dtype=np.float64)


def _grouped(frames: Sequence[Judged], name: str, threshold: float) -> dict[str, Any]:
    groups = sorted({frame.groups[name] for frame in frames})
    return {
        group: summary([frame for frame in frames if frame.groups[name] == group], threshold)
        for group in groups
    }
