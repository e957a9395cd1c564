"""Fixtures of an enrolment office: its settings, two voters and an official who enrols them.

The rooms that need them import them in their conftest. The engine's tests need no database.
"""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.models import User


@pytest.fixture(autouse=True)
def enrolment_settings(settings, tmp_path):
    settings.ENGINE = "tests.support.scripted_engine.ScriptedEngine"
    settings.ENCODER = ""
    settings.PHOTOS_DIR = tmp_path / "photos"
    settings.KEEP_PHOTOS = True
    settings.OFFICIAL_SECOND_FACTOR = "none"
    settings.CELERY_TASK_ALWAYS_EAGER = True
    from facevote.celery import app

    was = app.conf.task_always_eager
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = was


@pytest.fixture
def alice(db):
    return User.objects.create_user("alice")


@pytest.fixture
def bob(db):
    return User.objects.create_user("bob")


@pytest.fixture
def registrar(db):
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
def official(client, registrar):
    """The registrar's browser, logged in."""
    client.force_login(registrar)
    return client


@pytest.fixture
def now():
    return timezone.now()
