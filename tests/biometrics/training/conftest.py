from __future__ import annotations

import pytest

from tests.support.places import MODELS, SHARED_DATA


@pytest.fixture(scope="session")
def models_dir():
    return MODELS


@pytest.fixture(scope="session")
def shared_data():
    if not SHARED_DATA.is_dir():
        pytest.skip("The research data is not beside the project.")
    return SHARED_DATA
