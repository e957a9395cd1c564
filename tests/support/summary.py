"""A pytest plugin: before pytest's closing line, one table of all tests, also those of Node."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

NODE_TESTS = "NODE_TESTS"


@dataclass(frozen=True)
class Counts:
    passed: int
    failed: int
    skipped: int

    @classmethod
    def read(cls, text: str) -> Counts:
        return cls(*map(int, text.split()))

    def __str__(self) -> str:
        return f"{self.passed} {self.failed} {self.skipped}"


def table(rows: dict[str, Counts]) -> list[str]:
    lines = [f"{'':<12}{'passed':>8}{'failed':>8}{'skipped':>9}"]
    lines += [
        f"{name:<12}{counts.passed:>8}{counts.failed:>8}{counts.skipped:>9}"
        for name, counts in rows.items()
    ]
    return lines


def reasons(reports: list[pytest.TestReport]) -> list[str]:
    """Why tests were skipped, the most frequent reason first."""
    counted = Counter(_reason(report) for report in reports)
    return [f"{number:>6} skipped: {reason}" for reason, number in counted.most_common()]


def _reason(report: pytest.TestReport) -> str:
    words = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return words.removeprefix("Skipped: ")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """After everything that pytest itself lists."""
    yield
    stats = terminalreporter.stats
    skipped = stats.get("skipped", [])
    failed = len(stats.get("failed", [])) + len(stats.get("error", []))
    rows = {"pytest": Counts(len(stats.get("passed", [])), failed, len(skipped))}
    if node := os.environ.get(NODE_TESTS):
        rows = {"Node tests": Counts.read(node), **rows}
    terminalreporter.section("summary")
    for line in [*table(rows), *reasons(skipped)]:
        terminalreporter.write_line(line)
