"""Shows a start to the person who waits for it: one line a step, with a dot for every two seconds.

    Python packages ...... done (11 s)

Run as a file, it shows one command as a step and keeps the command's output in a log:

    python facevote/serving/steps.py NAME COMMAND [ARGUMENT ...]

It imports the standard library alone, because it also runs before any package is installed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BASE = Path(__file__).resolve().parents[2]
DOT_SECONDS = 2.0
LINES_SHOWN = 15


class StepLine:
    """A line that grows while a step works. Plain text, so it reads alike in a file."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._name: str | None = None
        self._begun_at = self._next_dot_at = 0.0

    @property
    def is_open(self) -> bool:
        return self._name is not None

    def begin(self, name: str) -> None:
        self._name = name
        self._begun_at = self._clock()
        self._next_dot_at = self._begun_at + DOT_SECONDS
        self._write(f"{name} ...")

    def tick(self) -> None:
        """Call it often while the step works: it adds a dot whenever one is due."""
        if self.is_open and self._clock() >= self._next_dot_at:
            self._next_dot_at += DOT_SECONDS
            self._write(".")

    def end(self, outcome: str) -> None:
        """Completes the line; the time is added where it was worth waiting for."""
        seconds = round(self._clock() - self._begun_at)
        self._write(f" {outcome} ({seconds} s)\n" if seconds else f" {outcome}\n")
        self._name = None

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def log_folder() -> Path:
    """Where the output of a step is kept: beside the site's logs, unless `.env` moves DATA_DIR.

    That file is not read here: before the packages are installed nothing can read it.
    """
    return Path(os.environ.get("DATA_DIR") or BASE / "var") / "logs"


def open_log(path: Path) -> int:
    """A file descriptor to append to; a log may name people, so only its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def last_lines(path: Path) -> list[str]:
    """The end of a log, without empty lines."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return [line for line in lines if line.strip()][-LINES_SHOWN:]


def run_step(name: str, command: Sequence[str], log: Path, line: StepLine) -> int:
    """The command's exit code. What it writes goes to `log`, which is made anew."""
    log.unlink(missing_ok=True)
    output = open_log(log)
    line.begin(name)
    try:
        process = subprocess.Popen(command, stdout=output, stderr=output)  # noqa: S603 (from the Makefile)
    except OSError as error:
        os.write(output, f"{command[0]}: {error.strerror}\n".encode())
        code = 127
    else:
        code = _wait(process, line)
    finally:
        os.close(output)
    line.end("failed" if code else "done")
    return code


def _wait(process: subprocess.Popen[bytes], line: StepLine) -> int:
    while True:
        try:
            return process.wait(DOT_SECONDS / 4)
        except subprocess.TimeoutExpired:
            line.tick()
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            line.end("stopped")
            raise SystemExit(130) from None


def failure(name: str, log: Path) -> str:
    """What to say about a step that failed: the end of its output, and what to do."""
    told = "\n".join(f"    {line}" for line in last_lines(log))
    return (
        f"\n{name}: failed. The last lines that it wrote:\n\n{told}\n\n"
        f"The whole output is in {log}. Remove the cause, then run the same command again.\n"
    )


def main(arguments: list[str]) -> int:
    name, *command = arguments
    log = log_folder() / f"{name.lower().replace(' ', '-')}.log"
    code = run_step(name, command, log, StepLine(sys.stdout))
    if code:
        sys.stderr.write(failure(name, log))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
