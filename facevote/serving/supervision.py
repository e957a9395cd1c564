"""Keeps processes running: one that breaks off is started again, unless it keeps breaking off."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

MAX_FAILURES = 3
WINDOW_SECONDS = 60.0
LOOK_SECONDS = 0.2
GRACE_SECONDS = 10
READY = "READY_FILE_DESCRIPTOR"


def say_ready() -> None:
    """For a child that goes first: what the others need is there."""
    if pipe := os.environ.pop(READY, ""):
        os.write(int(pipe), b"\n")
        os.close(int(pipe))


@dataclass
class Child:
    """A process in a session of its own: Ctrl-C reaches its parent alone.

    One that `goes_first` calls `say_ready` when those after it may start.
    """

    name: str
    command: Sequence[str]
    folder: Path
    goes_first: bool = False
    failures: list[float] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    def start(self, **options: Any) -> None:
        """`options` are those of `subprocess.Popen`."""
        self.process = subprocess.Popen(  # noqa: S603
            self.command, cwd=self.folder, start_new_session=True, **options
        )

    def start_first(self) -> int:
        """Start it; the pipe's end, which can be read from as soon as it is ready or has ended."""
        reader, writer = os.pipe()
        self.start(pass_fds=(writer,), env={**os.environ, READY: str(writer)})
        os.close(writer)
        return reader

    def ended(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return None if self.process is None else self.process.poll()

    def wait(self) -> int:
        """Its exit code, when it has ended."""
        return 0 if self.process is None else self.process.wait()

    def clear(self) -> None:
        """End what it left behind, which would go on beside its successor."""
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
        """Counts one more failure."""
        self.failures = [then for then in self.failures if now - then < WINDOW_SECONDS] + [now]
        return len(self.failures) >= MAX_FAILURES


class Supervisor:
    """`say` takes one line for the person who started it; `greeting` is one, when all run."""

    def __init__(
        self, children: Sequence[Child], say: Callable[[str], None], greeting: str = ""
    ) -> None:
        self._children = children
        self._say = say
        self._greeting = greeting
        self._stopping = False

    def stop(self, *_: object) -> None:
        """As a signal handler may call it: `run` comes back soon after."""
        self._stopping = True

    def run(self) -> int:
        """Until it is stopped, or a child ends of its own accord or keeps breaking off.

        Returns an exit code for this process; every child has ended by then.
        """
        try:
            for child in self._children:
                if not child.goes_first:
                    child.start()
                elif (code := self._prepare(child)) is not None:
                    return code
            if self._greeting:
                self._say(self._greeting)
            return self._watch()
        finally:
            for child in self._children:
                child.ask_to_end()
            for child in self._children:
                child.end()

    def _prepare(self, child: Child) -> int | None:
        """None as soon as the child is ready; an exit code where it will not be.

        Its own words say why. What fails here would fail again, so there is no second try.
        """
        with os.fdopen(child.start_first(), "rb", buffering=0) as pipe:
            while not self._stopping:
                if select.select([pipe], [], [], LOOK_SECONDS)[0]:
                    return None if pipe.read(1) else _exit_code(child.wait())
        return 0

    def _watch(self) -> int:
        while not self._stopping:
            for child in self._children:
                code = child.ended()
                if code == 0:
                    self._say(f"The {child.name} ended; FaceVote stops.")
                    return 0
                if code is not None and not self._revive(child, code):
                    return _exit_code(code)
            time.sleep(LOOK_SECONDS)
        return 0

    def _revive(self, child: Child, code: int) -> bool:
        how = ending(code)
        if child.keeps_failing(time.monotonic()):
            self._say(
                f"The {child.name} ended {MAX_FAILURES} times within {WINDOW_SECONDS:.0f} seconds, "
                f"at last {how}; FaceVote stops. Why may stand above."
            )
            return False
        self._say(f"The {child.name} ended {how} and is started again.")
        child.clear()
        child.start()
        return True


def _exit_code(code: int) -> int:
    """As a shell would give it, of one that `subprocess` gives."""
    return code if code >= 0 else 128 - code


def ending(code: int) -> str:
    """In words, by a process's exit code as `subprocess` gives it."""
    if code >= 0:
        return f"with exit code {code}"
    try:
        return f"by {signal.Signals(-code).name}"
    except ValueError:
        return f"by signal {-code}"
