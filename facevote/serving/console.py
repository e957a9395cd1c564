"""What a person sees of `make run`: the steps, then the address and the passwords in a box."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from facevote.serving.reports import ReportKind
from facevote.serving.steps import StepLine, last_lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import TextIO


def boxed(lines: list[str]) -> str:
    """Plain characters: it must be readable in a file and on any terminal."""
    width = max(map(len, lines))
    edge = f"+{'-' * (width + 4)}+"
    return "\n".join([edge, *(f"|  {line:<{width}}  |" for line in lines), edge])


class Console:
    """Shows what the supervisor and the web server report; `answers` asks if pages are served."""

    def __init__(
        self,
        address: str,
        logs: Path,
        answers: Callable[[], bool],
        *,
        out: TextIO = sys.stdout,
        err: TextIO = sys.stderr,
    ) -> None:
        self._address = address
        self._logs = logs
        self._answers = answers
        self._out = out
        self._err = err
        self._line = StepLine(out)
        self._shown: list[str] = []
        self._is_starting = False

    def report(self, kind: ReportKind, words: str) -> None:
        """What the web server says while it prepares the site."""
        match kind:
            case ReportKind.BEGIN:
                self._line.begin(words)
            case ReportKind.DONE:
                self._line.end("done")
            case ReportKind.SHOW:
                self._shown.append(words)
            case ReportKind.FAILED:
                self._close_line("failed")
                self._err.write(f"{words}\n")
            case ReportKind.READY:
                pass

    def not_prepared(self, log: Path | None) -> None:
        """The web server ended without a word of its own: its log has the reason."""
        if not self._line.is_open:
            return
        self._close_line("failed")
        reason = last_lines(log)[-1:] if log and log.exists() else []
        self._err.write("".join(f"{line}\n" for line in reason))
        self._err.write(f"More is in {log}. Remove the cause, then run `make run` again.\n")

    def started(self) -> None:
        """Every process runs; pages are not answered yet."""
        self._is_starting = True
        self._line.begin("Web server and worker")

    def tick(self) -> None:
        """Several times a second."""
        self._line.tick()
        if self._is_starting and self._answers():
            self._is_starting = False
            self._close_line("running")
            self._out.write(f"\n{self._box()}\n")
            self._out.flush()

    def say(self, line: str) -> None:
        self._close_line("")
        self._out.write(f"{line}\n")
        self._out.flush()

    def _close_line(self, outcome: str) -> None:
        if self._line.is_open:
            self._line.end(outcome)

    def _box(self) -> str:
        return boxed(
            [
                f"FaceVote answers at {self._address}",
                "",
                *self._shown,
                "",
                f"Ctrl-C stops it. Its logs are in {self._logs}",
            ]
        )
