"""A step is one line while it works; one that fails shows why, and what to do."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from facevote.serving import steps
from facevote.serving.steps import DOT_SECONDS, StepLine, run_step

SCRIPT = Path(steps.__file__)


class Clock:
    now = 0.0


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def line(clock):
    return StepLine(io.StringIO(), clock=lambda: clock.now)


def shown(line):
    return line._stream.getvalue()


def test_a_step_is_one_line_with_a_dot_for_every_two_seconds(line, clock):
    line.begin("Python packages")
    for clock.now in (DOT_SECONDS / 2, DOT_SECONDS, DOT_SECONDS + 0.1, 2 * DOT_SECONDS):
        line.tick()
    line.end("done")

    assert shown(line) == "Python packages ..... done (4 s)\n"
    assert not line.is_open


def test_a_short_step_has_no_time_and_no_dots_of_its_own(line):
    line.begin("Database")
    line.end("done")
    line.tick()

    assert shown(line) == "Database ... done\n"


def test_what_a_command_writes_is_kept_and_not_shown(tmp_path, line):
    log = tmp_path / "logs" / "step.log"
    noise = [sys.executable, "-c", "import sys; print('out'); sys.stderr.write('a warning')"]

    code = run_step("Packages", noise, log, line)

    assert code == 0
    assert shown(line).startswith("Packages ... done")
    assert set(log.read_text().split("\n")) == {"out", "a warning"}


def run(tmp_path, *command):
    return subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), "Python packages", *command],
        env={"DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_failure_shows_the_end_of_the_output_and_where_all_of_it_is(tmp_path):
    """As the Makefile runs it: before any package is installed."""
    lines = "import sys; print(*range(100), sep='\\n', flush=True)"
    broken = f"{lines}; sys.exit('no such package')"

    done = run(tmp_path, sys.executable, "-c", broken)

    log = tmp_path / "logs" / "python-packages.log"
    assert done.returncode == 1
    assert done.stdout == "Python packages ... failed\n"
    assert "no such package" in done.stderr
    assert "    99\n" in done.stderr
    assert "    1\n" not in done.stderr
    assert f"The whole output is in {log}." in done.stderr
    assert "run the same command again" in done.stderr
    assert log.read_text().startswith("0\n1\n2\n")


def test_a_command_that_is_not_there_is_named(tmp_path):
    done = run(tmp_path, "/nowhere/npm", "ci")

    assert done.returncode == 127
    assert "/nowhere/npm: No such file or directory" in done.stderr
    assert "Traceback" not in done.stderr
