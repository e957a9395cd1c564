"""The way `make test` counts."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.all_tests import node_counts
from tests.support.places import BASE
from tests.support.summary import NODE_TESTS, Counts

if TYPE_CHECKING:
    from pathlib import Path

INFO = "\N{INFORMATION SOURCE}"
PASSED = "a ballot is encrypted (3.1ms)\n" + "".join(
    f"{INFO} {line}\n"
    for line in (
        *("tests 97", "suites 0", "pass 95", "fail 0", "cancelled 0"),
        *("skipped 1", "todo 1", "duration_ms 3887.8"),
    )
)
INNER = """
import pytest

def test_a(): pass
def test_b(): pass
def test_c(): assert False
@pytest.mark.parametrize("n", [1, 2])
def test_d(n): pytest.skip("there is no camera")
def test_e(): pytest.skip("there is no moon")
"""


@pytest.mark.parametrize(
    ("output", "code", "counts"),
    [
        (PASSED, 0, Counts(95, 0, 2)),
        (PASSED.replace("pass 95", "pass 93").replace("fail 0", "fail 2"), 1, Counts(93, 2, 2)),
        (PASSED.replace("cancelled 0", "cancelled 1"), 1, Counts(95, 1, 2)),
        ("npm: not found", 127, Counts(0, 1, 0)),
    ],
    ids=["all pass", "two fail", "one is cancelled", "nothing ran"],
)
def test_nodes_report_is_counted(output: str, code: int, counts: Counts) -> None:
    assert node_counts(output, code) == counts


def test_one_table_stands_before_pytests_own_closing_line(tmp_path: Path) -> None:
    (tmp_path / "test_inner.py").write_text(INNER)
    command = ["-m", "pytest", "-p", "tests.support.summary", "-p", "no:django", "-c", "/dev/null"]

    done = subprocess.run(
        [sys.executable, *command, "--rootdir", tmp_path, tmp_path],
        cwd=BASE,
        env={"PATH": "", "PYTHONPATH": str(BASE), NODE_TESTS: "95 1 0"},
        capture_output=True,
        text=True,
        check=False,
    )

    lines = done.stdout.splitlines()
    start = next(number for number, line in enumerate(lines) if "= summary =" in line)
    assert done.returncode == 1
    assert [line.split() for line in lines[start + 1 : start + 4]] == [
        ["passed", "failed", "skipped"],
        ["Node", "tests", "95", "1", "0"],
        ["pytest", "2", "1", "3"],
    ]
    assert [line.strip() for line in lines[start + 4 : -1]] == [
        "2 skipped: there is no camera",
        "1 skipped: there is no moon",
    ]
    assert "1 failed, 2 passed, 3 skipped in" in lines[-1]
