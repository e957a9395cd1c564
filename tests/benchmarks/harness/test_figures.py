"""All benchmarks print their figures in one way."""

from __future__ import annotations

import json
import subprocess
import sys

from django.conf import settings

from benchmarks.harness import figures

FIGURES = {"casts_per_second": 98.7654, "database": "sqlite", "replies": {"p50": 1.5}}
RUNNABLE = sorted(
    ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
    for path in (settings.BASE_DIR / "benchmarks").rglob("*.py")
    if "__main__" in path.read_text(encoding="utf-8")
)


def test_figures_for_a_program_are_json(capsys):
    figures.show(FIGURES, as_json=True)

    assert json.loads(capsys.readouterr().out) == FIGURES


def test_figures_for_people_stand_in_rows_and_groups_are_indented(capsys):
    figures.show(FIGURES, as_json=False)

    assert capsys.readouterr().out.splitlines() == [
        "casts_per_second  98.765",
        "database          sqlite",
        "replies",
        "  p50  1.5",
    ]


def test_the_first_line_of_the_modules_docstring_says_what_is_measured():
    assert figures.parser("How fast.\n\n    usage").description == "How fast."


def test_every_benchmark_is_a_module_that_can_be_started():
    imports = "\n".join(f"import {module}" for module in RUNNABLE)

    done = subprocess.run(
        [sys.executable, "-c", imports],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
