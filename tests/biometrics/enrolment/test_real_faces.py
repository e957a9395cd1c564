"""Enrolment with the real engine, on photographs that are read in place and never copied here."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from biometrics.engine_loader import engine
from biometrics.enrolment.encoding import encode
from biometrics.enrolment.folder import PersonFolder, enrol_folder
from biometrics.enrolment.photos import store_photo
from biometrics.models import PhotoReason, Reference, ReferencePhoto

DATA = settings.BASE_DIR.parent / "shared" / "data"
LFW = DATA / "faces" / "lfw"

pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not LFW.is_dir(), reason="the research data is not beside the project"),
]


@pytest.fixture(autouse=True)
def real_engine(settings):
    settings.ENGINE = "biometrics.engine.pipeline.Engine"
    settings.PAD_ENABLED = False


def people(count, *, photos):
    """People who have at least so many pictures, with that many of them."""
    found = []
    for folder in sorted(LFW.iterdir()):
        files = sorted(folder.glob("*.jpg"))
        if len(files) >= photos:
            found.append(PersonFolder(folder.name, tuple(files[:photos])))
        if len(found) == count:
            break
    return found


def test_thirty_people_are_enrolled_and_none_is_taken_for_another(db):
    reports = [
        report
        for person in people(30, photos=2)
        for report in enrol_folder(person, engine(), create=True)
    ]

    usable = sum(report.usable for report in reports)
    assert usable >= 0.85 * len(reports)
    assert Reference.objects.count() >= 28
    assert not ReferencePhoto.objects.filter(reason=PhotoReason.ALREADY_ENROLLED).exists()


def test_one_face_under_two_names_is_found(db):
    person = people(1, photos=4)[0]
    first = PersonFolder("first", person.files[:2])
    second = PersonFolder("second", person.files[2:])

    list(enrol_folder(first, engine(), create=True))
    list(enrol_folder(second, engine(), create=True))

    photos = ReferencePhoto.objects.filter(user__username="second")
    assert PhotoReason.ALREADY_ENROLLED in {photo.reason for photo in photos}
    assert not photos.filter(reason="").exists()
    assert not Reference.objects.filter(user__username="second").exists()


def test_a_photo_of_another_person_does_not_fit(db):
    one, other = people(2, photos=3)
    mixed = PersonFolder("mixed", (*one.files, other.files[0]))

    list(enrol_folder(mixed, engine(), create=True))

    refused = ReferencePhoto.objects.get(reason=PhotoReason.DOES_NOT_FIT)
    assert refused.user.username == "mixed"
    assert Reference.objects.get().photos_used == 3


def test_the_large_photographs_that_officials_take_are_enrolled(db):
    photos = sorted((DATA / "faces" / "photos").glob("*.jpg"))[:6]
    states = []
    for number, path in enumerate(photos):
        user = User.objects.create_user(f"person-{number}")
        photo = store_photo(user, path.read_bytes(), None)
        encode(photo.pk, engine(), now=timezone.now())
        states.append(ReferencePhoto.objects.get(pk=photo.pk))

    judged = [photo for photo in states if photo.encoded_at]
    assert len(judged) == len(photos)
    assert any(photo.encoder_sha256 for photo in judged)


def test_pictures_are_marked_with_the_name_of_whom_they_show(db, tmp_path, capsys):
    person = people(1, photos=8)[0]
    list(enrol_folder(PersonFolder("somebody", person.files[:4]), engine(), create=True))
    out = tmp_path / "marked.jpg"

    for path in person.files[4:]:
        call_command("recognize_faces", str(path), voter="somebody", out=out)

    assert "somebody: match" in capsys.readouterr().out
    assert out.stat().st_size > 0
