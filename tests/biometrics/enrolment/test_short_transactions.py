"""What takes long is done before a transaction: on SQLite nobody else can write during one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from biometrics.consent.agreement import CONSENT_VERSION, give_consent
from biometrics.enrolment import photos, reencoding, references
from biometrics.enrolment.encoding import encode
from biometrics.enrolment.gallery import Gallery
from biometrics.enrolment.intake import intake
from biometrics.models import ReferencePhoto
from tests.support.pictures import ALICE, jpeg
from tests.support.scripted_engine import NextScriptedEngine, ScriptedEngine


@pytest.fixture
def alice(unguarded_after, scripted_engine, settings, tmp_path):
    settings.PHOTOS_DIR = tmp_path
    user = User.objects.create_user("alice")
    give_consent(user, CONSENT_VERSION, timezone.now())
    return user


@pytest.fixture
def refreshed(monkeypatch):
    """For each time that the gallery was read, whether that was inside a transaction."""
    inside: list[bool] = []
    refresh = Gallery.refresh

    def watched(gallery):
        inside.append(connection.in_atomic_block)
        refresh(gallery)

    monkeypatch.setattr(Gallery, "refresh", watched)
    return inside


def test_an_upload_is_decoded_before_its_transaction(alice, monkeypatch):
    inside: list[bool] = []

    def watched(data):
        inside.append(connection.in_atomic_block)
        return intake(data)

    monkeypatch.setattr(photos, "intake", watched)
    monkeypatch.setattr(photos, "queue_photo", lambda _photo: None)

    photos.add_photo(alice, jpeg(ALICE), None)

    assert inside == [False]
    assert ReferencePhoto.objects.count() == 1


def test_the_references_are_opened_before_the_transaction_that_makes_one(alice, refreshed):
    photo = photos.store_photo(alice, jpeg(ALICE), None)

    encode(photo.pk, ScriptedEngine(), now=timezone.now())
    settled = list(refreshed)
    refreshed.clear()
    references.renew(alice.pk, ScriptedEngine(), now=timezone.now())
    renewed = list(refreshed)
    refreshed.clear()
    reencoding.reencode_voter(alice.pk, NextScriptedEngine(), now=timezone.now())

    # Inside the transaction only what has come meanwhile is read.
    assert settled == renewed == refreshed == [False, True]
