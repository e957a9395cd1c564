"""The last evaluation of the enrolled voters, as the officials' page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from biometrics.engine.matching.gallery_statistics import BINS
from biometrics.models import EvaluationFinding, EvaluationState, MatchingEvaluation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import User

# Size of the drawings, in units of the SVG.
WIDTH, HEIGHT = 480.0, 100.0
# The drawings begin at this similarity. Lower ones are rare and say nothing.
LOWEST = -0.2
_FIRST_BIN = round((LOWEST + 1) * BINS / 2)


@dataclass(frozen=True, slots=True)
class Person:
    """A voter with a link to the page of the enrolment."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Two voters who look alike, or, if `other` is None, one voter whose photos differ.

    `matches` says whether the score is at or above the threshold.
    """

    person: Person
    other: Person | None
    score: float
    matches: bool


@dataclass(frozen=True, slots=True)
class Share:
    """A rate with its bounds, all in per cent."""

    value: float
    low: float
    high: float
    errors: int
    trials: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the axis of similarities; `place` is from 0 to WIDTH."""

    place: float
    words: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Two lines in a field of WIDTH by HEIGHT, as the points of an SVG polyline."""

    between: str
    within: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers, drawings and findings of a finished evaluation; see GalleryStatistics."""

    voters: int
    photos: int
    threshold: float
    needed: float | None
    suggested: float
    false_matches: Share
    false_non_matches: Share
    histogram: Drawing
    errors: Drawing
    threshold_place: float
    suggested_place: float
    ticks: tuple[Tick, ...]
    nearest: tuple[Finding, ...]
    widest: tuple[Finding, ...]

    @property
    def rises(self) -> bool:
        """Whether a higher threshold than that of the site is suggested."""
        return self.suggested > self.threshold


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """The newest evaluation, and the figures of the last finished one."""

    evaluation: MatchingEvaluation | None
    figures: Figures | None

    @property
    def busy(self) -> bool:
        return self.evaluation is not None and self.evaluation.state in {
            EvaluationState.WAITING,
            EvaluationState.RUNNING,
        }

    @property
    def failed(self) -> bool:
        return self.evaluation is not None and self.evaluation.state == EvaluationState.FAILED


def evaluation_report() -> EvaluationReport:
    """Report on the newest evaluation. While it runs, the figures are those of the one before."""
    newest = MatchingEvaluation.objects.order_by("-asked_at", "-pk").first()
    done = MatchingEvaluation.objects.filter(state=EvaluationState.DONE)
    last = done.order_by("-asked_at", "-pk").first()
    return EvaluationReport(newest, _figures(last) if last else None)


def _figures(evaluation: MatchingEvaluation) -> Figures:
    stored: dict[str, Any] = evaluation.figures
    threshold, suggested = stored["fused"], stored["suggested"]
    between, within = stored["between"], stored["within"]
    findings = evaluation.findings.select_related("user", "other")
    pairs = findings.filter(other__isnull=False).order_by("-score")
    spreads = findings.filter(other__isnull=True).order_by("score")
    return Figures(
        voters=stored["voters"],
        photos=stored["photos"],
        threshold=threshold,
        needed=stored["needed"],
        suggested=suggested,
        false_matches=_share(stored["false_matches"]),
        false_non_matches=_share(stored["false_non_matches"]),
        histogram=Drawing(_line(_heights(between)), _line(_heights(within))),
        errors=Drawing(_line(_above(between)), _line(_below(within))),
        threshold_place=_place(threshold),
        suggested_place=_place(suggested),
        ticks=tuple(Tick(_place(at / 10), f"{at / 10:.1f}") for at in range(-2, 11, 2)),
        nearest=tuple(_finding(pair, threshold) for pair in pairs),
        widest=tuple(_finding(spread, stored["same_person"]) for spread in spreads),
    )


def _share(stored: dict[str, Any]) -> Share:
    errors, trials = stored["errors"], stored["trials"]
    value = 100 * errors / trials if trials else 0.0
    return Share(value, 100 * stored["low"], 100 * stored["high"], errors, trials)


def _finding(stored: EvaluationFinding, threshold: float) -> Finding:
    other = _person(stored.other) if stored.other else None
    return Finding(_person(stored.user), other, stored.score, stored.score >= threshold)


def _person(user: User) -> Person:
    return Person(user.username, reverse("admin:biometrics_enrolment_change", args=[user.pk]))


def _place(score: float) -> float:
    return round((min(1.0, max(LOWEST, score)) - LOWEST) / (1 - LOWEST) * WIDTH, 1)


def _heights(counts: Sequence[int]) -> list[float]:
    highest = max(counts, default=0) or 1
    return [count / highest for count in counts]


def _above(counts: Sequence[int]) -> list[float]:
    """Return the share of the scores at or above each bin: what matches at that threshold."""
    total, above = sum(counts) or 1, sum(counts)
    shares = []
    for count in counts:
        shares.append(above / total)
        above -= count
    return shares


def _below(counts: Sequence[int]) -> list[float]:
    return [1 - share if sum(counts) else 0.0 for share in _above(counts)]


def _line(shares: Sequence[float]) -> str:
    drawn = shares[_FIRST_BIN:]
    step = WIDTH / len(drawn)
    return " ".join(
        f"{place * step:.1f},{HEIGHT * (1 - share):.1f}" for place, share in enumerate(drawn)
    )
