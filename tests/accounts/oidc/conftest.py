from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.people import enrolled
from tests.support.programs import program
from tests.support.whole_login import WholeLoginClient

if TYPE_CHECKING:
    from accounts.models import User
    from tests.support.programs import Program


@pytest.fixture
def shop(db: None) -> Program:
    return program()


@pytest.fixture
def ada(db: None) -> User:
    return enrolled("ada", first_name="Ada", last_name="Okafor", email="ada@example.org")


@pytest.fixture
def browser(ada: User) -> WholeLoginClient:
    """A browser in which Ada has just signed in with password and face."""
    browser = WholeLoginClient()
    browser.force_login(ada)
    return browser
