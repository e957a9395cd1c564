"""Where the project and its data lie on this machine."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODELS_DIR = ROOT / "models"
# Faces and clips for measurements; they are no part of the project.
SHARED_DATA = ROOT.parent / "shared" / "data"
