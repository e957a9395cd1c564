"""Enrolment with the real engine on real faces: in the public domain, or read where they lie."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from biometrics.engine_loader import engine
from biometrics.enrolment.encoding import encode
from biometrics.enrolment.folder import PersonFolder, enrol_folder
from biometrics.enrolment.photos import add_photo, store_photo
from biometrics.models import PhotoReason, Reference, ReferencePhoto
from biometrics.storage.templates import reference_template
from tests.support.people import agreeing
from tests.support.public_faces import PHOTOS
from tests.support.still_films import frame, jpeg

DATA = settings.BASE_DIR.parent / "shared" / "data"
LFW = DATA / "faces" / "lfw"


@pytest.fixture(autouse=True)
def real_engine(settings):
    settings.ENGINE = "biometrics.engine.pipeline.Engine"
    settings.PAD_ENABLED = False


@pytest.fixture
def folder_of(portraits, tmp_path):
    """A folder of photographs under a voter's name."""

    def make(voter, photos):
        files = []
        for photo in photos:
            file = tmp_path / voter / photo.name
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(photo.read())
            files.append(file)
        return PersonFolder(voter, tuple(files))

    return make


def enrol(folder):
    """Enrol a person who has agreed on paper; one report for each file."""
    return list(enrol_folder(folder, engine(), create=True, paper_consent=True))


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


@pytest.mark.shared_data
@pytest.mark.skipif(not LFW.is_dir(), reason="The research data is not beside the project.")
def test_thirty_people_are_enrolled_and_none_is_taken_for_another(db):
    reports = [report for person in people(30, photos=2) for report in enrol(person)]

    usable = sum(report.usable for report in reports)
    assert usable >= 0.85 * len(reports)
    assert Reference.objects.count() >= 28
    assert not ReferencePhoto.objects.filter(reason=PhotoReason.ALREADY_ENROLLED).exists()


def test_three_people_are_enrolled_and_none_is_taken_for_another(db, portraits, folder_of):
    reports = [
        report
        for voter, photos in portraits.items()
        for report in enrol_folder(
            folder_of(voter, photos), engine(), create=True, paper_consent=True
        )
    ]

    references = Reference.objects.values_list("user__username", "photos_used")
    assert all(report.usable for report in reports)
    assert set(references) == {("obama", 3), ("biden", 1), ("collins", 1)}
    assert not ReferencePhoto.objects.exclude(reason="").exists()


def test_photos_that_are_uploaded_are_encoded_by_the_worker(
    db, portraits, django_capture_on_commit_callbacks
):
    voter = agreeing("obama")

    with django_capture_on_commit_callbacks(execute=True):
        for photo in portraits["obama"]:
            add_photo(voter, photo.read(), None)

    reference = Reference.objects.get(user=voter)
    assert reference.photos_used == 3
    assert reference.encoder_sha256 == engine().encoder_sha256
    assert not ReferencePhoto.objects.filter(encoded_at=None).exists()


def test_a_reference_matches_this_voters_other_photos_and_nobody_elses(db, portraits, folder_of):
    first, *others = portraits["obama"]
    enrol(folder_of("obama", [first]))
    reference = reference_template(Reference.objects.get())

    def compared(photo):
        probe = engine().enrol(photo.read()).template
        assert probe is not None
        return engine().compare(reference, probe)

    scores = {
        photo.name: compared(photo)
        for photo in (*others, *portraits["biden"], *portraits["collins"])
    }

    matches = {name for name, comparison in scores.items() if comparison.match}
    assert matches == {"obama2.jpg", "obama3.jpg"}


def test_one_face_under_two_names_is_found(db, portraits, folder_of):
    first = folder_of("first", portraits["obama"][:2])
    second = folder_of("second", portraits["obama"][2:])

    enrol(first)
    enrol(second)

    photos = ReferencePhoto.objects.filter(user__username="second")
    assert {photo.reason for photo in photos} == {PhotoReason.ALREADY_ENROLLED}
    assert not Reference.objects.filter(user__username="second").exists()


def test_a_photo_of_another_person_does_not_fit(db, portraits, folder_of):
    mixed = folder_of("mixed", [*portraits["obama"], *portraits["biden"]])

    enrol(mixed)

    refused = ReferencePhoto.objects.get(reason=PhotoReason.DOES_NOT_FIT)
    assert refused.user.username == "mixed"
    assert Reference.objects.get().photos_used == 3


def test_the_large_photographs_that_officials_take_are_enrolled(db, portraits):
    photos = [photo for photo in PHOTOS if photo.name in {"obama3.jpg", "biden.jpg"}]
    states = []
    for photo in photos:
        user = agreeing(photo.name)
        stored = store_photo(user, photo.read(), None)
        encode(stored.pk, engine(), now=timezone.now())
        states.append(ReferencePhoto.objects.get(pk=stored.pk))

    assert len(states) == 2
    assert all(max(photo.image().shape) > 2000 for photo in photos)
    assert all(photo.encoded_at for photo in states)
    assert all(photo.encoder_sha256 for photo in states)


def test_a_picture_is_marked_with_the_name_of_whom_it_shows(
    db, portraits, folder_of, tmp_path, capsys
):
    *enrolled, shown = portraits["obama"]
    enrol(folder_of("somebody", enrolled))
    out = tmp_path / "marked.jpg"

    call_command("recognize_faces", seen(shown, tmp_path), voter="somebody", out=out)

    assert "somebody: match" in capsys.readouterr().out
    assert out.stat().st_size > 0


def test_a_picture_of_somebody_else_is_not_marked_with_the_name(
    db, portraits, folder_of, tmp_path, capsys
):
    list(
        enrol_folder(
            folder_of("somebody", portraits["obama"]), engine(), create=True, paper_consent=True
        )
    )
    other = seen(portraits["biden"][0], tmp_path)

    call_command("recognize_faces", other, voter="somebody", out=tmp_path / "marked.jpg")

    written = capsys.readouterr().out
    assert "no match" in written
    assert "somebody: match" not in written


def seen(photo, folder):
    """A frame in which the photograph's face is as near as a voter's."""
    file = folder / "seen.jpg"
    file.write_bytes(jpeg(frame(photo)))
    return str(file)
