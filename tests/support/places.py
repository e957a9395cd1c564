"""Where the project and the research data lie on this machine."""

from __future__ import annotations

from pathlib import Path

BASE = Path(__file__).resolve().parents[2]
MODELS = BASE / "models"
# Tests that need it are marked `shared_data` and skip without it.
SHARED_DATA = BASE.parent / "shared" / "data"
