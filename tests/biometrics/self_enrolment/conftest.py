from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_django import Settings

    from accounts.models import User


@pytest.fixture(autouse=True)
def at_home(settings: Settings, enrolment_settings: None) -> None:
    settings.SELF_ENROLMENT = "approval"


@pytest.fixture
def official(registrar: User) -> User:
    return registrar
