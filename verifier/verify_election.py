#!/usr/bin/env python3
"""Verify a FaceVote election from its board file alone.

    python verify_election.py board.jsonl [--head FILE …] [--in-progress] [--json]

Needs its folder, which must be called verifier, Python 3.11 and the package rbcl: nothing else of
the project. All of it was written from docs/cryptography.md, whose sections each file names. To
read it, begin with rules/board.py. Exit code 0: all holds. 1: something does not, and each problem
is named with its line. 2: a file cannot be read.

A file for --head holds, one on each line, heads, witnesses' statements and receipts that were
published elsewhere. Another copy of the board will do, too.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if not __package__:
    # Run as a file. Python then knows the files beside it, but not the folder that they are in.
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from verifier.rules.file import read_election, read_lines
from verifier.rules.printing import complain, say, speak_utf8
from verifier.rules.report import for_people, report
from verifier.rules.statements import statements_in
from verifier.rules.strict import FAULTS, in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.rules.board import Election
    from verifier.rules.strict import Json


def verify(
    data: bytes,
    heads: Sequence[Json] = (),
    *,
    in_progress: bool = False,
    processes: int | None = None,
) -> Election:
    """Check a board file, and that it continues each of the published heads (decoded JSON).

    The returned election's `problems` are empty if all holds. Nothing is raised for a wrong file.
    `in_progress` says that no result is expected yet; `processes` is how many check the ballots.
    """
    file = io.BytesIO(data)
    return read_election(file, in_progress=in_progress, processes=processes, published=heads)


class Progress:
    """A line on the terminal that says how far the program is, and nothing elsewhere."""

    def __init__(self) -> None:
        self._shown = 0.0
        self._on = sys.stderr.isatty()

    def __call__(self, election: Election) -> None:
        if self._on and time.monotonic() > self._shown + 0.2:
            self._shown = time.monotonic()
            checked = election.parts.box.checks.checked if election.parts else 0
            words = f"{len(election.hashes)} events read, {checked} ballots checked"
            sys.stderr.write(f"\r{words}")
            sys.stderr.flush()

    def end(self) -> None:
        """Wipe the line away."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")


def main() -> int:
    """Verify the file that the command line names; returns the exit code."""
    speak_utf8()
    parser = argparse.ArgumentParser(description="Verify a FaceVote election from its board file.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--head", type=Path, action="append", default=[], metavar="FILE")
    parser.add_argument("--in-progress", action="store_true", help="no result is expected yet")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    progress = Progress()
    try:
        heads = [value for path in options.head for value in statements_in(read_lines(path))]
        with options.file.open("rb") as file:
            election = read_election(
                file, in_progress=options.in_progress, progress=progress, published=heads
            )
    except (OSError, *FAULTS) as error:
        complain(f"cannot be read: {in_words(error)}")
        return 2
    progress.end()
    if election.unreadable:
        complain(election.unreadable)
        return 2
    answer = report(election)
    say([json.dumps(answer, indent=2)] if options.json else for_people(answer))
    return 0 if answer["ok"] and not answer["forks"] else 1


if __name__ == "__main__":
    sys.exit(main())
