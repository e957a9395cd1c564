from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from biometrics.verification import admission, consumers
from tests.support.people import enrolled

if TYPE_CHECKING:
    from pytest_django import Settings

    from accounts.models import User


@pytest.fixture
def short_face_step(settings: Settings, scripted_engine: None) -> None:
    """Three good frames are enough, and no movements are asked for."""
    settings.PAD_ENABLED = True
    settings.HTTPS = False
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.FRAMES_NEEDED = 3
    settings.CHALLENGE_LOGIN = "passive"
    admission.door.cache_clear()  # sockets that a test leaves open keep their places


@pytest.fixture
def quick_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames may come as fast as a test sends them."""
    monkeypatch.setattr(consumers, "MAX_FRAMES_PER_SECOND", 1000)
    monkeypatch.setattr(consumers, "BURST", 1000)


@pytest.fixture
def voter(unguarded_after: None) -> User:
    """Alice, enrolled and committed to the database, where the socket's threads see her."""
    return enrolled("alice")
