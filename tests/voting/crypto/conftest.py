from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.voting.crypto.elections import make_manifest
from voting.trials.simulation import Shape, SimulatedElection, simulate

if TYPE_CHECKING:
    from voting.crypto.manifest import Manifest


@pytest.fixture(scope="session")
def manifest() -> Manifest:
    return make_manifest()


@pytest.fixture(scope="session")
def election() -> SimulatedElection:
    return simulate(Shape(voters=5, revotes=2, spoils=1, blank=True))
