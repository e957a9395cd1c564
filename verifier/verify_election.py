#!/usr/bin/env python3
"""Verify a FaceVote election from its board file alone.

    python verify_election.py board.jsonl [--head head.json] [--in-progress] [--json]

Needs its folder, which must be called verifier, Python 3.11 and the package rbcl: nothing else of
the project. All of it was written from docs/cryptography.md, whose sections each file names. To
read it, begin with board.py. Exit code 0: all holds. 1: something does not, and each problem is
named with its line. 2: a file cannot be read.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if not __package__:
    # Run as a file. Python then knows the files beside it, but not the folder that they are in.
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from verifier.board import Election

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verifier.strict import Json


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
    election = Election()
    *lines, rest = data.split(b"\n")
    for line in lines:
        election.read(line)
    election.check_end(rest, in_progress=in_progress)
    if election.manifest is not None:
        for head in heads:
            election.check_published(head)
        election.check_proofs(election.manifest, processes or os.cpu_count())
    return election


def report(election: Election) -> dict[str, Any]:
    """What `--json` prints."""
    about = {
        name: getattr(election.manifest, name, None)
        for name in ("fingerprint", "id", "title", "mode")
    }
    last = election.hashes[-1] if election.hashes else None
    return {
        "ok": not election.problems,
        **about,
        "ballots": len(election.ballots),
        "head": {"count": len(election.hashes), "hash": last},
        "counted": len(election.last_tracker),
        "result": election.result,
        "problems": [problem._asdict() for problem in sorted(election.problems)],
    }


def for_people(answer: dict[str, Any]) -> Iterator[str]:
    """The lines that are printed without `--json`."""
    for problem in answer["problems"]:
        yield f"line {problem['line']} ({problem['event']}): {problem['problem']}"
    wrong = len(answer["problems"])
    verdict = f"NOT VERIFIED, {wrong} problems in" if wrong else "VERIFIED"
    yield f"{verdict} {answer['title']}: {answer['ballots']} ballots, {answer['counted']} counted"
    yield f"fingerprint {answer['fingerprint']}"
    yield f"last event  {answer['head']['hash']}"
    for contest in answer["result"] or []:
        yield f"{contest['id']}: {contest['counts']}, blank {contest['blank']}"


def main() -> int:
    """Verify the file that the command line names; returns the exit code."""
    parser = argparse.ArgumentParser(description="Verify a FaceVote election from its board file.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--head", type=Path, action="append", default=[], help="published heads")
    parser.add_argument("--in-progress", action="store_true", help="no result is expected yet")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    try:
        data = options.file.read_bytes()
        heads = [json.loads(x) for path in options.head for x in path.read_bytes().splitlines()]
    except (OSError, ValueError) as error:
        sys.stderr.write(f"cannot be read: {error}\n")
        return 2
    answer = report(verify(data, heads, in_progress=options.in_progress))
    text = json.dumps(answer, indent=2) if options.json else "\n".join(for_people(answer))
    sys.stdout.write(f"{text}\n")
    return 0 if answer["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
