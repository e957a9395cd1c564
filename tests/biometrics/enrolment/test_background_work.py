from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from biometrics.consent.agreement import give_consent
from biometrics.enrolment import encoding, reencoding
from biometrics.enrolment.photos import store_photo
from biometrics.enrolment.queue import queue_state
from biometrics.enrolment.tasks import reencode_all
from biometrics.housekeeping import retention, sweeping
from biometrics.models import (
    Consent,
    PhotoReason,
    PhotoState,
    Purpose,
    Reference,
    ReferencePhoto,
    VerificationSession,
)
from biometrics.storage.photos import PhotoGone, read_photo
from biometrics.storage.references import has_reference
from biometrics.tasks import sweep_stale_photos
from tests.support.people import agreeing
from tests.support.photo_files import photo_path
from tests.support.pictures import ALICE, BOB, jpeg
from tests.support.scripted_engine import NextScriptedEngine, ScriptedEngine

OLD, NEW = ScriptedEngine.encoder_sha256, NextScriptedEngine.encoder_sha256


@pytest.fixture
def waiting(alice, registrar, now):
    return store_photo(alice, jpeg(ALICE), registrar, now=now - timedelta(minutes=5))


def encode(photo, engine=None):
    encoding.encode(photo.pk, engine or ScriptedEngine(), now=timezone.now())
    return ReferencePhoto.objects.filter(pk=photo.pk).first()


def test_encoding_twice_changes_nothing(waiting):
    encode(waiting)
    before = Reference.objects.values().get()

    encode(waiting)

    assert Reference.objects.values().get() == before


def test_a_photo_in_another_workers_hands_is_left_alone(waiting, now):
    encoding.claim(waiting.pk, now=now)

    encode(waiting)

    waiting.refresh_from_db()
    assert waiting.state == PhotoState.WAITING


def test_a_photo_whose_worker_died_is_taken_over(waiting, now):
    encoding.claim(waiting.pk, now=now - timedelta(minutes=2))

    assert encode(waiting).state == PhotoState.USABLE


def test_a_late_worker_does_not_overwrite_the_one_that_took_over(waiting, now):
    late = encoding.claim(waiting.pk, now=now - timedelta(minutes=2))
    assert late is not None
    encode(waiting)
    outcome = encoding.Outcome(None, PhotoReason.BLURRED)

    encoding.settle(late, outcome, ScriptedEngine(), now=now)

    waiting.refresh_from_db()
    assert waiting.state == PhotoState.USABLE


def test_a_photo_removed_while_it_is_encoded_stays_removed(waiting, now, alice):
    claimed = encoding.claim(waiting.pk, now=now)
    assert claimed is not None
    outcome = encoding.judge(claimed, ScriptedEngine())
    waiting.delete()

    encoding.settle(claimed, outcome, ScriptedEngine(), now=now)

    assert not has_reference(alice)


def test_a_picture_that_brings_workers_down_is_refused_at_last(waiting, now):
    for attempt in range(encoding.MAX_ATTEMPTS):
        encoding.claim(waiting.pk, now=now - timedelta(hours=1 + 5 - attempt))

    photo = encode(waiting)

    assert photo.reason == PhotoReason.UNPROCESSABLE


def test_a_photo_whose_file_is_lost_is_refused_in_words(waiting):
    photo_path(waiting.file).unlink()

    assert encode(waiting).reason == PhotoReason.UNREADABLE


def test_a_lost_message_is_found_and_sent_once_a_minute(waiting, now):
    first = sweeping.claim_stale_photos(now=now)
    at_once = sweeping.claim_stale_photos(now=now)

    assert first == [str(waiting.pk)]
    assert at_once == []
    assert sweeping.claim_stale_photos(now=now + timedelta(minutes=2)) == first


def test_a_fresh_photo_is_not_swept(alice, registrar, now):
    store_photo(alice, jpeg(ALICE), registrar, now=now)

    assert sweeping.claim_stale_photos(now=now) == []


def test_the_sweep_encodes_what_was_left(waiting, alice):
    sweep_stale_photos()

    assert has_reference(alice)


def test_the_sweep_renews_a_reference_that_lost_its_task(waiting, alice, now):
    encode(waiting)
    Reference.objects.update(stale_since=now - timedelta(minutes=5))

    sweep_stale_photos()

    assert Reference.objects.get(user=alice).stale_since is None


def test_the_reference_waits_for_the_last_photo_of_the_voter(waiting, alice, registrar):
    other = store_photo(alice, jpeg(ALICE, mark=1), registrar)

    encode(waiting)
    half_way = has_reference(alice)
    encode(other)

    assert not half_way
    assert Reference.objects.get(user=alice).photos_used == 2


def test_a_new_encoder_encodes_everybody_while_the_old_references_serve(waiting, alice, settings):
    encode(waiting)
    settings.ENGINE = "tests.support.scripted_engine.NextScriptedEngine"
    ReferencePhoto.objects.update(queued_at=timezone.now() - timedelta(minutes=5))

    reencode_all()

    photo = ReferencePhoto.objects.get()
    assert (photo.state, photo.encoder_sha256) == (PhotoState.USABLE, NEW)
    assert set(Reference.objects.values_list("encoder_sha256", flat=True)) == {OLD, NEW}


def test_encoding_everybody_again_hands_each_person_out_once(waiting, alice, now):
    encode(waiting)
    ReferencePhoto.objects.update(queued_at=now - timedelta(minutes=5))

    first = reencoding.claim_outdated(NEW, now=now, most=10)

    assert first == [alice.pk]
    assert reencoding.claim_outdated(NEW, now=now, most=10) == []


def test_a_photo_that_a_new_encoder_refuses_ends_in_words(waiting, alice):
    encode(waiting)
    photo_path(waiting.file).unlink()

    reencoding.reencode_voter(alice.pk, NextScriptedEngine(), now=timezone.now())

    waiting.refresh_from_db()
    assert waiting.reason == PhotoReason.UNREADABLE


def test_references_can_be_prepared_before_the_switch(waiting, alice):
    encode(waiting)

    made = reencoding.prepare_reference(alice.pk, NextScriptedEngine(), now=timezone.now())

    photo = ReferencePhoto.objects.get()
    assert made
    assert photo.encoder_sha256 == OLD
    assert Reference.objects.filter(user=alice).count() == 2


def test_whoever_has_no_photo_left_needs_new_ones(waiting, settings):
    settings.KEEP_PHOTOS = False
    encode(waiting)

    state = queue_state(NEW)

    assert state.lost == 1


def test_superseded_references_go_after_a_week(waiting, alice, now):
    encode(waiting)
    switched = now + timedelta(hours=1)
    reencoding.reencode_voter(alice.pk, NextScriptedEngine(), now=switched)

    retention.purge(NEW, now=switched + timedelta(days=1))
    after_a_day = Reference.objects.count()
    retention.purge(NEW, now=switched + timedelta(days=8))

    assert after_a_day == 2
    assert Reference.objects.get().encoder_sha256 == NEW


def test_a_prepared_reference_is_not_taken_for_a_superseded_one(waiting, alice, now):
    encode(waiting)
    reencoding.prepare_reference(alice.pk, NextScriptedEngine(), now=now + timedelta(days=1))

    retention.purge(OLD, now=now + timedelta(days=30))

    assert Reference.objects.count() == 2


def test_verifications_are_kept_for_30_days(alice, now):
    for days in (29, 31):
        created = now - timedelta(days=days)
        VerificationSession.objects.create(
            user=alice,
            purpose=Purpose.LOGIN,
            ticket_hash=str(days),
            browser_hash="",
            created_at=created,
            ticket_expires_at=created,
        )

    retention.purge(OLD, now=now)

    assert VerificationSession.objects.get().ticket_hash == "29"


def test_the_purge_erases_whoever_withdrew(waiting, alice, now):
    encode(waiting)
    give_consent(alice, "1", now)
    Consent.objects.update(withdrawn_at=now)

    retention.purge(OLD, now=now)

    assert not ReferencePhoto.objects.exists()
    assert not has_reference(alice)


def test_files_without_a_row_are_taken_away_after_an_hour(waiting, now, monkeypatch):
    name = waiting.file
    ReferencePhoto.objects.all().delete()
    retention.purge(OLD, now=now)
    young_is_kept = photo_path(name).exists()
    monkeypatch.setattr(retention, "ORPHAN_AGE", -timedelta(seconds=1))

    retention.purge(OLD, now=now)

    assert young_is_kept
    assert not photo_path(name).exists()


def test_a_file_with_a_row_is_never_an_orphan(waiting, now, monkeypatch):
    monkeypatch.setattr(retention, "ORPHAN_AGE", -timedelta(seconds=1))

    retention.purge(OLD, now=now)

    assert read_photo(waiting)


def test_a_photo_that_was_not_kept_says_so(waiting, settings):
    settings.KEEP_PHOTOS = False
    photo = encode(waiting)

    with pytest.raises(PhotoGone):
        read_photo(photo)


def test_the_queue_counts_what_is_there(waiting, registrar):
    bob = agreeing("bob")
    encode(store_photo(bob, jpeg(BOB), registrar))

    state = queue_state(OLD)

    assert (state.waiting, state.settled, state.total) == (1, 1, 2)
    assert state.done_share == 0.5
