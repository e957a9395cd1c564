"""Whether this web server can serve voters now: all checks together, at most once a second."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from asgiref.sync import async_to_sync
from health_check.exceptions import ServiceWarning

from facevote.health.checks import ALL

if TYPE_CHECKING:
    from facevote.health.checks import Check

FRESH_SECONDS: Final = 1.0


class Standing(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. `words` and `remedy` are for operators, not for the public."""

    title: str
    standing: Standing
    words: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    findings: tuple[Finding, ...]

    @property
    def is_ready(self) -> bool:
        return all(finding.standing is not Standing.FAILED for finding in self.findings)


class Readiness:
    """Keeps the last report for FRESH_SECONDS, so that asking often costs the site nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._report: Report | None = None
        self._made_at = 0.0

    def report(self) -> Report:
        # Whoever comes while the checks run waits for them, and does not run them again.
        with self._lock:
            if self._report is None or time.monotonic() - self._made_at > FRESH_SECONDS:
                self._report = examine()
                self._made_at = time.monotonic()
            return self._report


def examine() -> Report:
    """Run every check now."""
    return async_to_sync(_examine)()


readiness = Readiness()


async def _examine() -> Report:
    return Report(tuple(await asyncio.gather(*(_finding_of(check()) for check in ALL))))


async def _finding_of(check: Check) -> Finding:
    error = (await check.get_result(_threads())).error
    if error is None:
        return Finding(check.title, Standing.OK)
    standing = Standing.WARNING if isinstance(error, ServiceWarning) else Standing.FAILED
    return Finding(check.title, standing, str(error.message), check.remedy)


@cache
def _threads() -> ThreadPoolExecutor:
    """The checks have threads of their own: those of requests may all be waiting."""
    return ThreadPoolExecutor(len(ALL), "health")
