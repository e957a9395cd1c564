from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Protocol

import pytest

from biometrics.engine.pipeline import Engine
from tests.biometrics.engine.clips import every_frame, scaled_jpeg
from tests.support.places import MODELS

if TYPE_CHECKING:
    from pathlib import Path


class ReadClip(Protocol):
    def __call__(self, name: str, *, every: int = 1) -> list[bytes]: ...


@pytest.fixture
def models(models_dir: Path, tmp_path: Path) -> Path:
    """A copy of the models that a test may break."""
    folder = tmp_path / "models"
    shutil.copytree(models_dir, folder)
    return folder


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine.load(MODELS, pad=False)


@pytest.fixture(scope="session")
def clip(shared_data: Path) -> ReadClip:
    """Reads a film's frames as the JPEGs that a browser would send."""

    def read(name: str, *, every: int = 1) -> list[bytes]:
        frames = every_frame(shared_data / "video" / name, every=every)
        return [scaled_jpeg(frame) for frame in frames]

    return read
