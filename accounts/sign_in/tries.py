"""Counts tries with a password before the password is compared, in django-axes' table.

One conditional update counts a try and checks the limit. So of many tries at the same moment no
more are compared than the limit allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from axes.models import AccessAttempt
from django.db.models import F, Q

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from django.db.models import QuerySet

# Stands for all addresses together; nobody's address.
EVERYWHERE = "::"


@dataclass(frozen=True, slots=True)
class Key:
    """What is counted together. `name` and `browser` are marks, empty where they do not matter."""

    name: str
    address: str
    browser: str = ""

    @property
    def row(self) -> QuerySet[AccessAttempt]:
        row: QuerySet[AccessAttempt] = AccessAttempt.objects.filter(
            username=self.name, ip_address=self.address, user_agent=self.browser
        )
        return row


@dataclass(frozen=True, slots=True)
class Rule:
    """`free` tries are compared. Then one a `pause`, or none if there is no pause.

    The count begins anew when nothing was counted for the time `memory`.
    """

    free: int
    memory: timedelta
    pause: timedelta | None = None


def take(key: Key, rule: Rule, *, now: datetime) -> bool:
    """Count one try if the rule has room for it. Return whether it had."""
    allowed = Q(failures_since_start__lt=rule.free)
    if rule.pause is not None:
        allowed |= Q(attempt_time__lte=now - rule.pause)
    for _ in range(2):
        if key.row.filter(attempt_time__lt=now - rule.memory).update(
            failures_since_start=1, attempt_time=now
        ):
            return True
        if key.row.filter(allowed).update(
            failures_since_start=F("failures_since_start") + 1, attempt_time=now
        ):
            return True
        if key.row.exists():
            return False
        # Of several that make the row at the same moment, one does; all of them count in it.
        new = AccessAttempt(
            username=key.name,
            ip_address=key.address,
            user_agent=key.browser,
            failures_since_start=0,
        )
        AccessAttempt.objects.bulk_create([new], ignore_conflicts=True)
    return False


def give_back(key: Key) -> None:
    """The password was right: the try does not count."""
    key.row.filter(failures_since_start__gt=0).update(
        failures_since_start=F("failures_since_start") - 1
    )


def is_used_up(key: Key, rule: Rule) -> bool:
    """Whether the next try would not be compared. For a rule without pauses."""
    return key.row.filter(failures_since_start__gte=rule.free).exists()


def forget_old(rules: dict[str, Rule], *, now: datetime) -> int:
    """Delete rows that no longer count; `rules` has the one for EVERYWHERE and for an address."""
    everywhere = AccessAttempt.objects.filter(ip_address=EVERYWHERE)
    at_address = AccessAttempt.objects.exclude(ip_address=EVERYWHERE)
    old_everywhere = everywhere.filter(attempt_time__lt=now - rules["everywhere"].memory)
    old_at_address = at_address.filter(attempt_time__lt=now - rules["address"].memory)
    return int(old_everywhere.delete()[0]) + int(old_at_address.delete()[0])
