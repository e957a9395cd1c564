"""The audit page as its command writes it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.support.places import BASE

if TYPE_CHECKING:
    from pathlib import Path


def build(folder: Path) -> Path:
    environment = {**os.environ, "DATA_DIR": str(folder)}
    for command in (
        ["-m", "facevote.serving.vendor", str(BASE / "node_modules"), str(folder / "vendor")],
        ["manage.py", "audit_page", str(folder / "audit.html")],
    ):
        subprocess.run([sys.executable, *command], cwd=BASE, env=environment, check=True)
    return folder / "audit.html"
