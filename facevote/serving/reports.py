"""What the web server reports to `make run` while it prepares the site, one line at a time.

The lines go through a pipe, not through a log: some of them show passwords.
"""

from __future__ import annotations

import json
import os
import sys
from enum import StrEnum

PIPE = "REPORTS_FILE_DESCRIPTOR"


class ReportKind(StrEnum):
    BEGIN = "begin"  # a step, by its name
    DONE = "done"  # the step that was begun last
    SHOW = "show"  # a line for the person, such as a password that is shown only once
    FAILED = "failed"  # why the site cannot start, and what to do
    READY = "ready"  # the site is prepared; nothing follows


def report(kind: ReportKind, words: str = "") -> None:
    """Report to `make run`; without it, to the terminal of whoever started the web server."""
    pipe = os.environ.get(PIPE, "")
    if pipe:
        os.write(int(pipe), f"{kind} {json.dumps(words)}\n".encode())
    elif kind is ReportKind.SHOW:
        sys.stdout.write(f"{words}\n")
    elif kind is ReportKind.FAILED:
        sys.stderr.write(f"{words}\n")


def report_ready() -> None:
    """The last report: the pipe is closed after it."""
    report(ReportKind.READY)
    if pipe := os.environ.pop(PIPE, ""):
        os.close(int(pipe))


def parse(line: bytes) -> tuple[ReportKind, str]:
    """The kind and the words of one line; ValueError for a line that is no report."""
    kind, _, words = line.decode().partition(" ")
    return ReportKind(kind), str(json.loads(words))
