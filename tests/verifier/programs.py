"""The programs of the verifier, run as the files that they are, away from the project."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import verifier

ROOT = Path(verifier.__file__).resolve().parent


def copy_alone(folder: Path) -> Path:
    """A copy of the verifier's folder, and nothing of the project."""
    ignored = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(ROOT, folder / "verifier", ignore=ignored))


def run(
    program: Path, *arguments: Path | str, answer: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a program; `answer` is what is typed into it."""
    command = [sys.executable, str(program), *map(str, arguments)]
    return subprocess.run(
        command,
        input=answer,
        cwd=program.parent.parent,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
        env=os.environ | environment,
    )
