"""Counts face steps by hour and outcome. Officials look at it when voters call for help."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count
from django.db.models.functions import TruncHour
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.moments import in_words
from biometrics.models import SessionState, VerificationSession

if TYPE_CHECKING:
    from datetime import datetime

    from django_stubs_ext import StrPromise

HOURS = 24
BAR_HEIGHT = 100
VERIFIED, LEFT = "verified", "left"
# The pieces of a bar, from bottom to top. The page gives each its colour and its name.
OUTCOMES: dict[str, StrPromise] = {
    VERIFIED: _("verified"),
    "not_live": _("taken for a picture or a screen"),
    "challenge_failed": _("did not follow the movements"),
    "light_unseen": _("did not take on the page's light"),
    "no_match": _("did not match"),
    "stream": _("the pictures came in a way that no camera sends them"),
    "camera": _("the camera or the connection gave too few pictures"),
    "timed_out": _("out of time"),
    "again": _("a fault on our side"),
    LEFT: _("left before a verdict"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of an hour's bar. `top` and `height` are in hundredths of the highest bar."""

    outcome: str
    count: int
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Hour:
    """One bar: the hour as it is written, and how many face steps began in it."""

    words: str
    total: int
    place: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way in which a face step can end, and how many did in all hours."""

    name: str
    words: StrPromise
    count: int


@dataclass(frozen=True, slots=True)
class AttemptsReport:
    """All bars; `highest` is the number of face steps in the fullest hour."""

    hours: tuple[Hour, ...]
    outcomes: tuple[Outcome, ...]
    total: int
    highest: int


def attempts_report(now: datetime) -> AttemptsReport:
    """Count the face steps of the last HOURS hours, including the current one."""
    first = localtime(now).replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    counted = _counted(first)
    times = [first + timedelta(hours=step) for step in range(HOURS)]
    totals = [sum(counted[localtime(time)].values()) for time in times]
    highest = max(totals, default=0)
    whole: Counter[str] = sum(counted.values(), Counter())
    return AttemptsReport(
        hours=tuple(
            Hour(
                words=in_words(time),
                total=totals[place],
                place=place,
                parts=_parts(counted[localtime(time)], highest),
            )
            for place, time in enumerate(times)
        ),
        outcomes=tuple(Outcome(name, words, whole[name]) for name, words in OUTCOMES.items()),
        total=sum(totals),
        highest=highest,
    )


def _counted(first: datetime) -> dict[datetime, Counter[str]]:
    rows = (
        VerificationSession.objects.filter(opened_at__gte=first)
        .exclude(state=SessionState.OPEN)
        .annotate(hour=TruncHour("opened_at", tzinfo=first.tzinfo))
        .values_list("hour", "state", "reason")
        .annotate(number=Count("pk"))
        .order_by("hour")
    )
    by_hour: dict[datetime, Counter[str]] = {
        localtime(first + timedelta(hours=step)): Counter() for step in range(HOURS)
    }
    for hour, state, reason, number in rows:
        by_hour.setdefault(localtime(hour), Counter())[_outcome(state, reason)] += number
    return by_hour


def _outcome(state: str, reason: str) -> str:
    if state == SessionState.VERIFIED:
        return VERIFIED
    return reason if reason in OUTCOMES else LEFT


def _parts(counted: Counter[str], highest: int) -> tuple[Part, ...]:
    parts: list[Part] = []
    top = float(BAR_HEIGHT)
    for name in OUTCOMES:
        if counted[name]:
            height = BAR_HEIGHT * counted[name] / highest
            top -= height
            parts.append(Part(name, counted[name], round(top, 2), round(height, 2)))
    return tuple(parts)
