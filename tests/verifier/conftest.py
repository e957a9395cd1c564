from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.verifier.maker import Maker
from tests.verifier.programs import copy_alone
from tests.verifier.shapes import Shape

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def election() -> Maker:
    """A finished election, which no test changes."""
    return Maker(Shape()).finished()


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """A copy of the verifier's folder, and nothing of the project."""
    return copy_alone(tmp_path)
