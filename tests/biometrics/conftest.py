"""An enrolment office with two voters; models, research data and a film for any room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from tests.support.people import agreeing
from tests.support.places import MODELS, SHARED_DATA
from tests.support.still_films import HEIGHT, WIDTH, film

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from pytest_django import Settings

    from tests.support.public_faces import Photo

# The rooms whose tests all enrol people.
OFFICE_ROOMS = {"enrolment", "evaluation", "marking", "storage"}
FRAMES_A_PHOTO = 40


@pytest.fixture
def enrolment_settings(
    settings: Settings, tmp_path: Path, scripted_engine: None, tasks_at_once: None
) -> None:
    settings.PHOTOS_DIR = tmp_path / "photos"
    settings.KEEP_PHOTOS = True
    settings.OFFICIAL_SECOND_FACTOR = "none"


@pytest.fixture(autouse=True)
def office_rooms(request: pytest.FixtureRequest) -> None:
    """Tests in the office's rooms need not ask for its settings."""
    if request.path.parent.name in OFFICE_ROOMS:
        request.getfixturevalue("enrolment_settings")


@pytest.fixture
def alice(db: None) -> User:
    return agreeing("alice")


@pytest.fixture
def bob(db: None) -> User:
    return agreeing("bob")


@pytest.fixture
def registrar(db: None) -> User:
    user = User.objects.create_user("registrar", is_staff=True)
    names = [
        "view_referencephoto",
        "add_referencephoto",
        "change_referencephoto",
        "delete_referencephoto",
        "view_verificationsession",
        "view_facelockout",
        "change_facelockout",
    ]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


@pytest.fixture
def official(client: Client, registrar: User) -> Client:
    """The registrar's browser, logged in."""
    client.force_login(registrar)
    return client


@pytest.fixture(scope="session")
def models_dir() -> Path:
    return MODELS


@pytest.fixture(scope="session")
def shared_data() -> Path:
    if not SHARED_DATA.is_dir():
        pytest.skip("The research data is not beside the project.")
    return SHARED_DATA


@pytest.fixture(scope="session")
def photo_clip(
    portraits: dict[str, tuple[Photo, ...]], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A film of one person's three photographs, one after another, in a hand that shakes."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 20, (WIDTH, HEIGHT))
    for photo in portraits["obama"]:
        for image in film(photo, FRAMES_A_PHOTO):
            writer.write(image)
    writer.release()
    return path


@pytest.fixture
def photo_camera(photo_clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Camera 0 shows that film; there is no other camera."""
    open_source = cv2.VideoCapture
    films: dict[str | int, str] = {0: str(photo_clip)}

    def open_film(source: str | int) -> cv2.VideoCapture:
        return open_source(films.get(source, source))

    monkeypatch.setattr(cv2, "VideoCapture", open_film)
