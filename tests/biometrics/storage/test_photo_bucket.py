"""Photos in a bucket, over real HTTP to a service of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from biometrics.enrolment import encoding
from biometrics.enrolment.photos import store_photo
from biometrics.housekeeping import retention
from biometrics.models import PhotoState, ReferencePhoto
from biometrics.storage.photo_bucket import PhotoStoreAway
from biometrics.storage.photos import PhotoGone, delete_photo, read_photo, write_sealed
from facevote.environment import Environment
from facevote.settings.photo_store import storage_of_photos
from tests.support.bucket import running_bucket
from tests.support.pictures import ALICE, jpeg
from tests.support.ports import free_port
from tests.support.scripted_engine import ScriptedEngine


@pytest.fixture(scope="module")
def service():
    with running_bucket() as bucket:
        yield bucket


@pytest.fixture
def bucket(service, settings, monkeypatch, tmp_path):
    keep_in(service.settings, settings, monkeypatch, tmp_path)
    yield service
    service.clear()


def keep_in(variables, settings, monkeypatch, tmp_path):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    storage = storage_of_photos(Environment(tmp_path / "no.env"))
    settings.STORAGES = {**settings.STORAGES, "photos": storage}


@pytest.fixture
def photo(bucket, alice):
    return store_photo(alice, jpeg(ALICE), None)


def test_a_photo_comes_back_as_it_was_stored(photo, bucket, settings):
    read = read_photo(photo)

    assert read.startswith(b"\xff\xd8")
    assert list(bucket.objects()) == [f"faces/{photo.file[:2]}/{photo.file}"]
    assert not settings.PHOTOS_DIR.exists()


def test_what_leaves_the_host_is_sealed(photo, bucket):
    (stored,) = bucket.objects().values()

    assert stored[0] == 1  # the version of sealed bytes
    assert read_photo(photo)[:64] not in stored


def test_a_worker_on_another_host_encodes_it(photo, now):
    encoding.encode(photo.pk, ScriptedEngine(), now=now)

    photo.refresh_from_db()
    assert photo.state == PhotoState.USABLE


def test_a_photo_is_replaced_under_its_name(photo, bucket):
    write_sealed(photo.file, b"sealed again")

    assert list(bucket.objects().values()) == [b"sealed again"]


def test_a_photo_that_is_gone_says_so(photo):
    delete_photo(photo.file)
    delete_photo(photo.file)

    with pytest.raises(PhotoGone):
        read_photo(photo)


def test_objects_without_a_row_are_taken_away_after_an_hour(photo, bucket, now):
    ReferencePhoto.objects.all().delete()
    retention.purge("", now=now)
    young = bucket.objects()

    retention.purge("", now=now + timedelta(hours=2))

    assert len(young) == 1
    assert bucket.objects() == {}


def test_an_object_with_a_row_stays(photo, bucket, now):
    retention.purge("", now=now + timedelta(hours=2))

    assert len(bucket.objects()) == 1


@pytest.fixture
def away(service, settings, monkeypatch, tmp_path):
    """The service's address, where nothing listens."""
    nowhere = service.settings | {"PHOTOS_STORE_ENDPOINT": f"http://127.0.0.1:{free_port()}"}
    keep_in(nowhere, settings, monkeypatch, tmp_path)


def test_nothing_is_kept_of_a_photo_while_the_store_is_away(away, alice):
    with pytest.raises(PhotoStoreAway, match="the store of photos failed"):
        store_photo(alice, jpeg(ALICE), None)

    assert not ReferencePhoto.objects.exists()


def test_an_absence_of_the_store_is_no_fault_of_the_picture(
    photo, service, settings, monkeypatch, tmp_path, now
):
    nowhere = service.settings | {"PHOTOS_STORE_ENDPOINT": f"http://127.0.0.1:{free_port()}"}
    keep_in(nowhere, settings, monkeypatch, tmp_path)
    for _ in range(encoding.MAX_ATTEMPTS + 1):
        with pytest.raises(PhotoStoreAway):
            encoding.encode(photo.pk, ScriptedEngine(), now=now)
    keep_in(service.settings, settings, monkeypatch, tmp_path)

    encoding.encode(photo.pk, ScriptedEngine(), now=now)

    photo.refresh_from_db()
    assert photo.state == PhotoState.USABLE


@pytest.mark.parametrize("address", ["http://bucket", "s3://", "bucket"])
def test_a_store_that_is_no_bucket_is_named(address, monkeypatch, tmp_path):
    monkeypatch.setenv("PHOTOS_STORE", address)

    with pytest.raises(ImproperlyConfigured, match="PHOTOS_STORE"):
        storage_of_photos(Environment(tmp_path / "no.env"))
