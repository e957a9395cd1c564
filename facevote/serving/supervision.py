"""Keeps processes running. One that crashes is started again, unless it keeps crashing."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from facevote.serving.reports import PIPE, ReportKind, parse
from facevote.serving.steps import open_log

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MAX_FAILURES = 3
WINDOW_SECONDS = 60.0
LOOK_SECONDS = 0.2
GRACE_SECONDS = 10
READ_BYTES = 65536


class Audience(Protocol):
    """Whoever shows to a person what happens."""

    def report(self, kind: ReportKind, words: str) -> None:
        """What the child that goes first says of its preparation."""

    def not_prepared(self, log: Path | None) -> None:
        """The child that goes first ended before it was ready; `log` has its output."""

    def started(self) -> None:
        """All children run."""

    def tick(self) -> None:
        """Called several times a second."""

    def say(self, line: str) -> None:
        """A child ended."""


@dataclass
class Child:
    """A process in a session of its own: Ctrl-C reaches its parent alone.

    One that `goes_first` calls `report_ready` when those after it may start. What a child writes
    is added to `log`, or shown where it has none.
    """

    name: str
    command: Sequence[str]
    folder: Path
    log: Path | None = None
    goes_first: bool = False
    failures: list[float] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    def start(self, **options: Any) -> None:
        """`options` are those of `subprocess.Popen`."""
        with _output_to(self.log) as output:
            self.process = subprocess.Popen(  # noqa: S603
                self.command,
                cwd=self.folder,
                start_new_session=True,
                stdout=output,
                stderr=output,
                **options,
            )

    def start_first(self) -> int:
        """Start it; the end of a pipe from which its reports are read."""
        reader, writer = os.pipe()
        self.start(pass_fds=(writer,), env={**os.environ, PIPE: str(writer)})
        os.close(writer)
        return reader

    def ended(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return None if self.process is None else self.process.poll()

    def wait(self) -> int:
        """Its exit code, when it has ended."""
        return 0 if self.process is None else self.process.wait()

    def clear(self) -> None:
        """Kill the children of a process that ended; they would go on beside the new one."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def ask_to_end(self) -> None:
        if self.process is not None:
            self.process.terminate()

    def end(self) -> None:
        """Wait for it; after a while, end it."""
        if self.process is None:
            return
        try:
            self.process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.clear()

    def keeps_failing(self, now: float) -> bool:
        """Count one more failure; True if there were too many within WINDOW_SECONDS."""
        self.failures = [then for then in self.failures if now - then < WINDOW_SECONDS] + [now]
        return len(self.failures) >= MAX_FAILURES


class Supervisor:
    def __init__(self, children: Sequence[Child], audience: Audience) -> None:
        self._children = children
        self._audience = audience
        self._stopping = False

    def stop(self, *_: object) -> None:
        """Ask `run` to return. Can be called from a signal handler."""
        self._stopping = True

    def run(self) -> int:
        """Run until it is stopped, until a child ends by itself, or until one keeps crashing.

        Returns an exit code for this process. Every child has ended by then.
        """
        try:
            for child in self._children:
                if not child.goes_first:
                    child.start()
                elif (code := self._prepare(child)) is not None:
                    return code
            self._audience.started()
            return self._watch()
        finally:
            for child in self._children:
                child.ask_to_end()
            for child in self._children:
                child.end()

    def _prepare(self, child: Child) -> int | None:
        """Return None once the child is ready, else its exit code.

        What fails here would fail again, so there is no second try.
        """
        with os.fdopen(child.start_first(), "rb", buffering=0) as pipe:
            waiting = b""
            while not self._stopping:
                self._audience.tick()
                if not select.select([pipe], [], [], LOOK_SECONDS)[0]:
                    continue
                if not (received := pipe.read(READ_BYTES)):
                    self._audience.not_prepared(child.log)
                    return _exit_code(child.wait())
                *lines, waiting = (waiting + received).split(b"\n")
                for kind, words in map(parse, lines):
                    if kind is ReportKind.READY:
                        return None
                    self._audience.report(kind, words)
        return 0

    def _watch(self) -> int:
        while not self._stopping:
            self._audience.tick()
            for child in self._children:
                code = child.ended()
                if code == 0:
                    self._audience.say(f"The {child.name} ended; FaceVote stops.")
                    return 0
                if code is not None and not self._revive(child, code):
                    return _exit_code(code)
            time.sleep(LOOK_SECONDS)
        return 0

    def _revive(self, child: Child, code: int) -> bool:
        how = ending(code)
        if child.keeps_failing(time.monotonic()):
            self._audience.say(
                f"The {child.name} ended {MAX_FAILURES} times within {WINDOW_SECONDS:.0f} seconds, "
                f"at last {how}; FaceVote stops.{_reason(child)}"
            )
            return False
        self._audience.say(f"The {child.name} ended {how} and is started again.{_reason(child)}")
        child.clear()
        child.start()
        return True


@contextlib.contextmanager
def _output_to(log: Path | None) -> Iterator[int | None]:
    """The file that a child writes to. None: the child shares the output of this process."""
    if log is None:
        yield None
        return
    output = open_log(log)
    try:
        yield output
    finally:
        os.close(output)


def _reason(child: Child) -> str:
    return f" The reason may be in {child.log}" if child.log else ""


def _exit_code(code: int) -> int:
    """The exit code that a shell would give, for one of `subprocess`: 128 + the signal."""
    return code if code >= 0 else 128 - code


def ending(code: int) -> str:
    """How a process ended, in words; `code` is its exit code as `subprocess` gives it."""
    if code >= 0:
        return f"with exit code {code}"
    try:
        return f"by {signal.Signals(-code).name}"
    except ValueError:
        return f"by signal {-code}"
