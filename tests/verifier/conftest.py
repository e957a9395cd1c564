from __future__ import annotations

import pytest

from voting.trials.simulation import Shape, SimulatedElection, simulate


@pytest.fixture(scope="session")
def election() -> SimulatedElection:
    return simulate(Shape(voters=5, revotes=2, spoils=1, blank=True))
