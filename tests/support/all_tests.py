"""`make test`: fetches the photographs, runs the Node tests, then pytest, which sums up both.

python -m tests.support.all_tests [ARGUMENTS OF PYTEST]
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from facevote.serving.steps import StepLine, run_step
from tests.support.places import BASE
from tests.support.summary import NODE_TESTS, Counts

COUNT = re.compile(r"^\S+ (pass|fail|cancelled|skipped|todo) (\d+)$", re.MULTILINE)
# Failures are listed; the table lists the skipped tests by their reasons.
PYTEST = [sys.executable, "-m", "pytest", "-p", "tests.support.summary", "-r", "fE"]
FACES = [sys.executable, "-m", "tests.support.public_faces"]
NODE = ["npm", "test", "--silent"]


def node_counts(output: str, code: int) -> Counts:
    """Read from the last lines of Node's report. A run that broke off counts as one failure."""
    counts = {name: int(number) for name, number in COUNT.findall(output)}
    failed = counts.get("fail", 0) + counts.get("cancelled", 0)
    if code and not failed:
        failed = 1
    return Counts(counts.get("pass", 0), failed, counts.get("skipped", 0) + counts.get("todo", 0))


def main(arguments: list[str]) -> int:
    """Returns pytest's exit code, or 1 if only another step failed."""
    os.chdir(BASE)
    line = StepLine(sys.stdout)
    with TemporaryDirectory() as logs:
        faces_log, node_log = Path(logs, "faces.log"), Path(logs, "node.log")
        faces = run_step("Public-domain photographs", FACES, faces_log, line)
        if faces:
            sys.stdout.write(f"{faces_log.read_text()}The tests that need them will fail.\n")
        node = run_step("Node tests", NODE, node_log, line)
        output = node_log.read_text(encoding="utf-8")
    if node:
        sys.stdout.write(output)
    sys.stdout.flush()
    environment = {**os.environ, NODE_TESTS: str(node_counts(output, node))}
    done = subprocess.run([*PYTEST, *arguments], env=environment, check=False)
    if node:
        sys.stderr.write("Node tests failed; their output is above pytest's report.\n")
    return done.returncode or (1 if node or faces else 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
