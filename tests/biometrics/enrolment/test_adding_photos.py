from __future__ import annotations

import json
import stat

import pytest
from django.core.management import call_command

from biometrics.consent.agreement import give_consent, withdraw_consent
from biometrics.consent.erasure import erase_voter
from biometrics.enrolment.photos import add_photo, encode_again, remove_photo
from biometrics.enrolment.refusals import PhotoRefusalCode, PhotoRefused
from biometrics.models import PhotoReason, PhotoState, Reference, ReferencePhoto
from biometrics.storage.photos import read_photo
from biometrics.storage.references import NoReference, has_reference, reference_for
from tests.support.photo_files import photo_path
from tests.support.pictures import ALICE, BOB, CROWD, NOBODY, drawn, encoded, jpeg
from tests.support.scripted_engine import ScriptedEngine

SHA = ScriptedEngine.encoder_sha256


@pytest.fixture
def add(django_capture_on_commit_callbacks, registrar):
    def add(user, data):
        with django_capture_on_commit_callbacks(execute=True):
            photo = add_photo(user, data, registrar)
        photo.refresh_from_db()
        return photo

    return add


def test_a_photo_makes_a_voter_verifiable(add, alice):
    photo = add(alice, jpeg(ALICE))

    assert photo.state == PhotoState.USABLE
    assert has_reference(alice)
    assert reference_for(alice, SHA).encoder_sha256 == SHA


def test_nothing_is_encoded_before_the_transaction_is_kept(alice, registrar):
    photo = add_photo(alice, jpeg(ALICE), registrar)

    photo.refresh_from_db()
    assert photo.state == PhotoState.WAITING
    assert not has_reference(alice)


@pytest.mark.parametrize(
    ("person", "reason"),
    [(NOBODY, PhotoReason.NO_FACE), (CROWD, PhotoReason.SEVERAL_FACES)],
)
def test_a_refused_photo_says_why(add, alice, person, reason):
    photo = add(alice, jpeg(person))

    assert (photo.state, photo.reason) == (PhotoState.REFUSED, reason)
    with pytest.raises(NoReference):
        reference_for(alice, SHA)


def test_a_photo_of_somebody_else_does_not_fit(add, alice):
    add(alice, jpeg(ALICE))
    add(alice, jpeg(ALICE, mark=1))

    stranger = add(alice, jpeg(BOB))

    assert stranger.reason == PhotoReason.DOES_NOT_FIT
    assert Reference.objects.get(user=alice).photos_used == 2


def test_when_the_wrong_photo_came_first_the_right_ones_win(add, alice, registrar):
    first = add(alice, jpeg(BOB))

    add(alice, jpeg(ALICE))
    add(alice, jpeg(ALICE, mark=1))

    first.refresh_from_db()
    assert first.reason == PhotoReason.DOES_NOT_FIT
    assert Reference.objects.get(user=alice).photos_used == 2


def test_the_same_picture_is_refused_the_second_time(add, alice):
    add(alice, jpeg(ALICE))

    with pytest.raises(PhotoRefused) as refusal:
        add(alice, jpeg(ALICE))

    assert refusal.value.code == PhotoRefusalCode.DUPLICATE
    assert len(list(photo_files())) == 1


def test_the_same_picture_with_other_metadata_is_the_same_picture(add, alice):
    add(alice, encoded(drawn(ALICE), "PNG"))
    with_time = drawn(ALICE)
    exif = with_time.getexif()
    exif[0x0132] = "2026:11:24 02:00:00"

    with pytest.raises(PhotoRefused) as refusal:
        add(alice, encoded(with_time, "PNG", exif=exif))

    assert refusal.value.code == PhotoRefusalCode.DUPLICATE


def test_two_voters_may_have_the_same_group_photo_refused(add, alice, bob):
    add(alice, jpeg(CROWD))

    photo = add(bob, jpeg(CROWD))

    assert photo.reason == PhotoReason.SEVERAL_FACES


def test_an_eleventh_photo_is_refused(add, alice):
    for mark in range(10):
        add(alice, jpeg(ALICE, mark=mark))

    with pytest.raises(PhotoRefused) as refusal:
        add(alice, jpeg(ALICE, mark=10))

    assert refusal.value.code == PhotoRefusalCode.TOO_MANY
    assert ReferencePhoto.objects.filter(user=alice).count() == 10


def test_the_file_is_encrypted_private_and_without_metadata(add, alice):
    picture = drawn(ALICE, size=(2400, 1800))
    exif = picture.getexif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010E] = "a secret place"

    photo = add(alice, encoded(picture, exif=exif))

    stored = photo_path(photo.file).read_bytes()
    kept = read_photo(photo)
    assert stat.S_IMODE(photo_path(photo.file).stat().st_mode) == 0o600
    assert b"\xff\xd8\xff" not in stored
    assert b"secret" not in kept
    assert b"Exif" not in kept
    assert size_of(kept) == (960, 1280)


def test_removing_a_photo_takes_it_out_of_the_reference(
    add, alice, registrar, django_capture_on_commit_callbacks
):
    first = add(alice, jpeg(ALICE))
    add(alice, jpeg(ALICE, mark=1))

    with django_capture_on_commit_callbacks(execute=True):
        remove_photo(first, actor=registrar)

    assert Reference.objects.get(user=alice).photos_used == 1
    assert Reference.objects.get(user=alice).stale_since is None
    assert len(list(photo_files())) == 1


def test_removing_the_last_photo_ends_the_enrolment_at_once(
    add, alice, registrar, django_capture_on_commit_callbacks
):
    photo = add(alice, jpeg(ALICE))

    with django_capture_on_commit_callbacks():
        remove_photo(photo, actor=registrar)

        assert not has_reference(alice)


def test_encoding_again_keeps_the_old_reference_until_the_new_one(
    add, alice, django_capture_on_commit_callbacks
):
    photo = add(alice, jpeg(ALICE))
    before = Reference.objects.get(user=alice)

    with django_capture_on_commit_callbacks() as callbacks:
        encode_again([photo])
    serving = Reference.objects.get(user=alice)
    for callback in callbacks:
        callback()

    assert serving.made_at == before.made_at
    assert Reference.objects.get(user=alice).made_at > before.made_at


def test_photos_are_deleted_after_encoding_where_the_setting_says_so(add, alice, settings):
    settings.KEEP_PHOTOS = False

    photo = add(alice, jpeg(ALICE))

    assert photo.file == ""
    assert list(photo_files()) == []
    assert has_reference(alice)


def test_erasing_a_voter_leaves_no_photo_and_no_template(
    add, alice, registrar, django_capture_on_commit_callbacks
):
    add(alice, jpeg(ALICE))

    with django_capture_on_commit_callbacks(execute=True):
        erase_voter(alice, actor=registrar)

    assert not ReferencePhoto.objects.filter(user=alice).exists()
    assert not has_reference(alice)
    assert list(photo_files()) == []


def test_withdrawing_consent_erases_and_keeps_photos_out(
    add, alice, django_capture_on_commit_callbacks, now
):
    give_consent(alice, "1", now)
    add(alice, jpeg(ALICE))

    with django_capture_on_commit_callbacks(execute=True):
        withdraw_consent(alice, now)

    with pytest.raises(PhotoRefused) as refusal:
        add(alice, jpeg(ALICE))
    assert refusal.value.code == PhotoRefusalCode.CONSENT_WITHDRAWN
    assert not has_reference(alice)


def test_a_dump_of_the_database_holds_no_template(add, alice, tmp_path):
    add(alice, jpeg(ALICE))
    template = ScriptedEngine().enrol(jpeg(ALICE)).template
    assert template is not None
    plain = template.vector

    call_command("dumpdata", "biometrics", output=str(tmp_path / "dump.json"))

    rows = json.loads((tmp_path / "dump.json").read_text())
    sealed = [row["fields"].get("template") for row in rows if "template" in row["fields"]]
    assert len(sealed) == 2
    assert not any(part in unbase64(value) for value in sealed for part in quarters(plain))


def photo_files():
    from django.conf import settings

    return settings.PHOTOS_DIR.glob("*/*")


def quarters(vector):
    data = vector.astype("<f4").tobytes()
    return [data[at : at + 16] for at in range(0, len(data), 16)]


def unbase64(value):
    import base64

    return base64.b64decode(value)


def size_of(data):
    import io

    from PIL import Image

    return Image.open(io.BytesIO(data)).size
