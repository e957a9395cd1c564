"""The last evaluation of the enrolled voters, as officials look at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from biometrics.engine.matching.gallery_statistics import BINS
from biometrics.models import EvaluationFinding, EvaluationState, MatchingEvaluation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import User

WIDTH, HEIGHT = 480.0, 100.0
# Similarities below are rare and tell nothing.
LOWEST = -0.2
_FIRST_BIN = round((LOWEST + 1) * BINS / 2)


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Finding:
    """`other` is None for one voter whose photos differ."""

    person: Person
    other: Person | None
    score: float
    matches: bool


@dataclass(frozen=True, slots=True)
class Share:
    """A rate in per cent with its bounds."""

    value: float
    low: float
    high: float
    errors: int
    trials: int


@dataclass(frozen=True, slots=True)
class Tick:
    place: float
    words: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Two lines in a field of WIDTH by HEIGHT, as an SVG polyline wants them."""

    between: str
    within: str


@dataclass(frozen=True, slots=True)
class Figures:
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
        return self.suggested > self.threshold


@dataclass(frozen=True, slots=True)
class EvaluationReport:
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
    """The newest evaluation; while it runs, with the figures of the one before."""
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
        nearest=tuple(_finding(one, matches=one.score >= threshold) for one in pairs),
        widest=tuple(_finding(one, matches=one.score >= stored["same_person"]) for one in spreads),
    )


def _share(stored: dict[str, Any]) -> Share:
    errors, trials = stored["errors"], stored["trials"]
    value = 100 * errors / trials if trials else 0.0
    return Share(value, 100 * stored["low"], 100 * stored["high"], errors, trials)


def _finding(found: EvaluationFinding, *, matches: bool) -> Finding:
    other = _person(found.other) if found.other else None
    return Finding(_person(found.user), other, found.score, matches)


def _person(user: User) -> Person:
    return Person(user.username, reverse("admin:biometrics_enrolment_change", args=[user.pk]))


def _place(score: float) -> float:
    return round((min(1.0, max(LOWEST, score)) - LOWEST) / (1 - LOWEST) * WIDTH, 1)


def _heights(counts: Sequence[int]) -> list[float]:
    highest = max(counts, default=0) or 1
    return [count / highest for count in counts]


def _above(counts: Sequence[int]) -> list[float]:
    """The share of the scores at or above each bin: what matches at that threshold."""
    total, left = sum(counts) or 1, sum(counts)
    shares = []
    for count in counts:
        shares.append(left / total)
        left -= count
    return shares


def _below(counts: Sequence[int]) -> list[float]:
    return [1 - share if sum(counts) else 0.0 for share in _above(counts)]


def _line(shares: Sequence[float]) -> str:
    shown = list(enumerate(shares))[_FIRST_BIN:]
    step = WIDTH / len(shown)
    return " ".join(
        f"{(place - _FIRST_BIN) * step:.1f},{HEIGHT * (1 - share):.1f}" for place, share in shown
    )
