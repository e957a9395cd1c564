"""A disk that is full while a photo comes in: said in words, and nothing is kept by halves."""

from __future__ import annotations

import errno
import os
import sqlite3

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, transaction
from django.urls import reverse

from accounts.audit import Action
from accounts.models import AuditEvent
from biometrics.enrolment.photos import _insert as insert
from biometrics.models import ReferencePhoto
from tests.support.pictures import ALICE, jpeg

WORDS = "There is no room left on the server; nothing was stored."


@pytest.fixture
def official(client, registrar):
    registrar.user_permissions.add(*Permission.objects.filter(codename="view_user"))
    client.force_login(registrar)
    return client


def no_room(*_args, **_kwargs):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def full_database(*_args, **_kwargs):
    """What Django raises of SQLite's own refusal to grow."""
    tiny = sqlite3.connect(":memory:")
    tiny.execute("PRAGMA max_page_count = 1")
    try:
        tiny.execute("CREATE TABLE t (x)")
        tiny.execute("CREATE TABLE u (x)")
    except sqlite3.OperationalError as error:
        raise OperationalError(str(error)) from error
    finally:
        tiny.close()


def full_at_the_commit(photo, added_by):
    with transaction.atomic():
        insert(photo, added_by)
        full_database()


FAILURES = {
    "while the file is written": ("biometrics.engine.whole_files.os.fsync", no_room),
    "while its folder is made": ("pathlib.Path.mkdir", no_room),
    "while the row is written": ("biometrics.enrolment.photos.record", full_database),
    "while the row is kept": ("biometrics.enrolment.photos._insert", full_at_the_commit),
}


@pytest.fixture(params=FAILURES)
def full(request, monkeypatch):
    place, failure = FAILURES[request.param]
    monkeypatch.setattr(place, failure)


def nothing_is_stored(settings):
    files = [path for path in settings.PHOTOS_DIR.rglob("*") if path.is_file()]
    return not files and not ReferencePhoto.objects.exists()


def upload(client, user, *pictures):
    files = [SimpleUploadedFile(f"{n}.jpg", data) for n, data in enumerate(pictures)]
    return client.post(reverse("biometrics:photos", args=[user.pk]), {"photo": files})


def test_the_panel_says_so_and_stores_nothing(full, official, alice, settings):
    answer = upload(official, alice, jpeg(ALICE))

    assert answer.status_code == 507
    assert answer.json() == {"files": [{"code": "no_room", "error": WORDS}]}
    assert nothing_is_stored(settings)
    assert not AuditEvent.objects.filter(action=Action.PHOTO_ADDED).exists()


def test_the_api_says_so_and_stores_nothing(full, official, alice, settings):
    file = SimpleUploadedFile("a.jpg", jpeg(ALICE))

    answer = official.post(f"/api/voters/{alice.pk}/photos/", {"file": file})

    assert answer.status_code == 507
    assert answer.json() == {"code": "no_room", "words": WORDS}
    assert nothing_is_stored(settings)


def test_a_photo_is_taken_once_there_is_room_again(official, alice, monkeypatch):
    with monkeypatch.context() as full:
        full.setattr("biometrics.engine.whole_files.os.fsync", no_room)
        upload(official, alice, jpeg(ALICE))

    answer = upload(official, alice, jpeg(ALICE))

    assert answer.status_code == 201
    assert ReferencePhoto.objects.filter(user=alice).count() == 1


def test_what_was_taken_before_the_disk_was_full_is_kept(official, alice, monkeypatch):
    really, calls = os.fsync, []

    def full_after_one(descriptor):
        calls.append(descriptor)
        return no_room() if len(calls) > 1 else really(descriptor)

    monkeypatch.setattr("biometrics.engine.whole_files.os.fsync", full_after_one)

    answer = upload(official, alice, jpeg(ALICE), jpeg(ALICE, mark=1))

    first, second = answer.json()["files"]
    assert answer.status_code == 201
    assert "photo" in first
    assert second["error"] == WORDS


def test_another_failure_of_the_disk_is_not_called_a_lack_of_room(official, alice, monkeypatch):
    def broken(*_args):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("biometrics.engine.whole_files.os.fsync", broken)

    with pytest.raises(OSError, match="Input/output error"):
        upload(official, alice, jpeg(ALICE))
