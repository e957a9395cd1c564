from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine
from django.utils import timezone

from tests.accounts.sign_in.guessing import FEW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pytest_django import Settings


@pytest.fixture
def few_failures(settings: Settings, scripted_engine: None) -> None:
    settings.ADDRESS_FAILURE_LIMIT = FEW


@pytest.fixture
def start() -> Iterator[datetime]:
    """The clock stands: pauses are over when a test says so."""
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        yield start
