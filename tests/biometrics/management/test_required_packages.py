"""A command without its packages says in one line what to install, and does nothing else."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

# The process that runs the command cannot import the package in the first argument.
BLOCKED = """
import sys
sys.modules[sys.argv.pop(1)] = None
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", *sys.argv[1:]])
"""


@pytest.mark.parametrize(
    ("package", "group", "command"),
    [("websockets", "test", "attack_report"), ("tensorflow", "train", "train_liveness")],
)
def test_a_process_without_the_package_ends_with_one_line(tmp_path, package, group, command):
    (tmp_path / "faces" / "lfw").mkdir(parents=True)

    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, package, command, str(tmp_path)],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert f"needs {package}, of the dependency group `{group}`" in line
    assert line.endswith("pip install --no-deps --require-hashes -r requirements/dev.txt")


@pytest.mark.parametrize(
    ("package", "arguments"),
    [
        ("onnx", ["train_liveness", "data", "--threshold-only"]),
        ("matplotlib", ["train_liveness", "data"]),
        ("matplotlib", ["evaluate_liveness", "data", "--plots", "plots"]),
        ("matplotlib", ["evaluate_matching", "--folder", "data", "--plots", "plots"]),
        ("tensorflow", ["build_encoder"]),
        ("onnx", ["build_liveness", "--calibrate", "labels.csv"]),
    ],
)
def test_the_package_is_missed_before_any_work(package, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(CommandError, match=f"needs {package}, of the dependency group `train`"):
        call_command(*arguments)

    assert not [path for path in tmp_path.iterdir() if path.is_file()]


def test_each_group_that_a_command_names_is_in_the_project_and_installed_by_that_file():
    project = (settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8")
    makefile = (settings.BASE_DIR / "Makefile").read_text(encoding="utf-8")

    for group in ("train", "test"):
        assert f"\n{group} = [\n" in project
        assert f"--group {group} " in makefile
