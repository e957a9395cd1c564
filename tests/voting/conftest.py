from __future__ import annotations

import pytest

from tests.support.polls import Poll, draft_election, open_poll


@pytest.fixture
def draft(db: None) -> Poll:
    return draft_election()


@pytest.fixture
def poll(db: None) -> Poll:
    return open_poll()
