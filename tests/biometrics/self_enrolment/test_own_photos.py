"""Photos that voters take of themselves: from the face step to the reference, and not sooner."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as site
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccountNotice, AuditEvent, User
from biometrics.consent.agreement import withdraw_consent
from biometrics.engine.session import Reason, Verdict
from biometrics.enrolment.photos import encode_again
from biometrics.housekeeping import retention
from biometrics.models import (
    FaceLockout,
    PhotoState,
    Reference,
    ReferencePhoto,
    SelfEnrolment,
    SelfEnrolmentRefusal,
    SelfEnrolmentState,
)
from biometrics.self_enrolment import deciding, handing_in
from biometrics.self_enrolment.handing_in import HandInRefusalCode, HandInRefused
from biometrics.self_enrolment.progress import Stage, own_photos_of
from biometrics.verification import sessions
from biometrics.verification.browser_binding import hash_of
from tests.biometrics.self_enrolment.people import (
    approve,
    browser_of,
    frames_of,
    handed_in,
    newcomer,
    take,
)
from tests.support.people import ask_ticket, enrolled
from tests.support.pictures import ALICE, NOBODY, jpeg

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db


def test_the_whole_way(official: User, django_capture_on_commit_callbacks) -> None:
    enrolment = handed_in("alice")
    user = enrolment.user
    assert own_photos_of(user).stage is Stage.WAITING

    with django_capture_on_commit_callbacks(execute=True):
        assert approve(enrolment, official)

    assert Reference.objects.get(user=user).photos_used == 3
    assert own_photos_of(user).stage is Stage.READY
    assert AuditEvent.objects.filter(action="own_photos_approved").count() == 1


def test_nothing_is_enrolled_before_it_is_approved() -> None:
    enrolment = handed_in("alice")

    assert not Reference.objects.exists()
    photos = ReferencePhoto.objects.filter(user=enrolment.user)
    assert set(photos.values_list("state", flat=True)) == {PhotoState.HELD}
    assert encode_again(photos) == 0
    assert ask_ticket(browser_of(enrolment.user), "login").json()["code"] == "no_reference"


def test_by_default_only_officials_bring_faces_in(settings: Settings) -> None:
    settings.SELF_ENROLMENT = "officials"

    answer = ask_ticket(browser_of(newcomer("alice")), "enrol")

    assert (answer.status_code, answer.json()["code"]) == (403, "not_offered")


@pytest.mark.parametrize("factor", ["face", "none"])
def test_an_official_does_not_choose_a_second_factor_alone(settings: Settings, factor: str) -> None:
    settings.OFFICIAL_SECOND_FACTOR = factor
    settings.SELF_ENROLMENT = "automatic"
    user = newcomer("olga")
    user.is_staff = True
    user.save()

    answer = ask_ticket(browser_of(user), "enrol")

    assert answer.status_code == 403


def test_without_consent_there_is_no_camera() -> None:
    User.objects.create_user("alice", password="a long enough password")
    client = browser_of(User.objects.get())

    assert ask_ticket(client, "enrol").json()["code"] == "consent_needed"
    asked = client.get(reverse("biometrics:own-photos"), {"next": "/get-ready/"})
    assert asked.headers["Location"].startswith(reverse("biometrics:consent"))
    answered = client.post(asked.headers["Location"], {"agree": "yes"})
    assert (
        answered.headers["Location"] == reverse("biometrics:own-photos") + "?next=%2Fget-ready%2F"
    )


def test_the_page_that_was_wanted_is_kept_until_the_photos_are_approved() -> None:
    alice = newcomer("alice")
    client = browser_of(alice)

    to_photos = client.get(reverse("biometrics:face-step"), {"next": "/elections/"})
    handed = client.post(reverse("biometrics:hand-in-photos"), {"next": "/elections/"})

    for answer in (to_photos, handed):
        assert (
            answer.headers["Location"] == f"{reverse('biometrics:own-photos')}?next=%2Felections%2F"
        )


def test_whoever_has_a_face_can_not_put_another_in_its_place() -> None:
    user = enrolled("alice")

    assert ask_ticket(browser_of(user), "enrol").json()["code"] == "not_offered"


def test_the_voter_sees_at_once_what_is_usable() -> None:
    user = newcomer("alice")
    enrolment = take(browser_of(user), [jpeg(NOBODY, mark=1), *frames_of(ALICE, 2)])

    own = own_photos_of(user)

    assert own.stage is Stage.LOOK
    assert len(own.pictures) == 2
    assert enrolment.unusable == ["no_face"]


def test_photos_are_shown_to_their_owner_only() -> None:
    enrolment = take(browser_of(newcomer("alice")), frames_of(ALICE))
    photo = enrolment.photos.first()
    assert photo is not None
    other = browser_of(newcomer("ben"))

    assert b"data:image/jpeg" not in other.get(reverse("biometrics:own-photos")).content
    assert other.get(reverse("biometrics:photo-picture", args=[photo.pk])).status_code == 403


def test_three_photos_are_kept_and_no_more_and_nothing_but_pixels() -> None:
    frames = frames_of(ALICE, 7)
    enrolment = take(browser_of(newcomer("alice")), frames)

    assert enrolment.photos.count() == 3
    assert len(list(site.PHOTOS_DIR.glob("*/*"))) == 3


def test_taken_again_the_photos_before_are_deleted(django_capture_on_commit_callbacks) -> None:
    user = newcomer("alice")
    client = browser_of(user)
    take(client, frames_of(ALICE))

    with django_capture_on_commit_callbacks(execute=True):
        take(client, [jpeg(ALICE, mark=20)])

    assert ReferencePhoto.objects.filter(user=user).count() == 1
    assert len(list(site.PHOTOS_DIR.glob("*/*"))) == 1


def test_a_verdict_that_is_not_stored_leaves_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser_of(newcomer("alice"))

    def fail(*_: object, **__: object) -> None:
        raise OSError("the disk")

    monkeypatch.setattr(sessions, "record", fail)
    with pytest.raises(OSError, match="the disk"):
        take(client, frames_of(ALICE))

    assert not list(site.PHOTOS_DIR.glob("*/*"))
    assert not SelfEnrolment.objects.exists()


def test_without_a_usable_photo_nothing_can_be_handed_in() -> None:
    user = newcomer("alice")
    take(browser_of(user), [jpeg(NOBODY, mark=1)])

    with pytest.raises(HandInRefused) as refused:
        handing_in.hand_in(user, now=timezone.now())

    assert refused.value.code is HandInRefusalCode.NOT_USABLE


def test_an_upload_is_no_way_in() -> None:
    client = browser_of(newcomer("alice"))

    answer = client.post(reverse("biometrics:own-photos"), {"photo": "x"})

    assert answer.status_code == 405
    with pytest.raises(HandInRefused):
        handing_in.hand_in(User.objects.get(), now=timezone.now())


def test_failed_tries_lock_out_as_everywhere() -> None:
    user = newcomer("alice")
    client = browser_of(user)
    for _ in range(5):
        now, ticket = timezone.now(), ask_ticket(client, "enrol").json()["ticket"]
        session = sessions.open_session(
            ticket, browser_hash=hash_of(client.session), camera={}, now=now
        )
        sessions.finish(session, Verdict(False, Reason.NOT_LIVE), frames=9, models_used={}, now=now)

    assert FaceLockout.objects.get(user=user).failures == 5
    assert ask_ticket(client, "enrol").status_code == 429


def test_photos_are_handed_in_a_few_times_a_day(official: User) -> None:
    user = newcomer("alice")
    for _ in range(handing_in.MOST_A_DAY):
        enrolment = handed_in("", user=user)
        deciding.refuse(
            enrolment.pk, SelfEnrolmentRefusal.NOT_CLEAR, actor=official, now=timezone.now()
        )
    take(browser_of(user), frames_of(ALICE))

    with pytest.raises(HandInRefused) as refused:
        handing_in.hand_in(user, now=timezone.now())

    assert refused.value.code is HandInRefusalCode.TOO_OFTEN


def test_a_refusal_says_why_and_the_voter_may_try_again(
    official: User, django_capture_on_commit_callbacks
) -> None:
    enrolment = handed_in("alice")
    with django_capture_on_commit_callbacks(execute=True):
        deciding.refuse(
            enrolment.pk, SelfEnrolmentRefusal.NOT_CLEAR, actor=official, now=timezone.now()
        )

    own = own_photos_of(enrolment.user)
    assert own.stage is Stage.TAKE
    assert own.refused == str(SelfEnrolmentRefusal.NOT_CLEAR.label)
    assert not ReferencePhoto.objects.exists()
    assert not list(site.PHOTOS_DIR.glob("*/*"))
    assert AccountNotice.objects.get().kind == "photos-refused"
    assert ask_ticket(browser_of(enrolment.user), "enrol").status_code == 200


def test_taking_the_consent_back_takes_the_photos_back(official: User) -> None:
    enrolment = handed_in("alice")

    withdraw_consent(enrolment.user, timezone.now())

    enrolment.refresh_from_db()
    assert enrolment.state == SelfEnrolmentState.DROPPED
    assert not ReferencePhoto.objects.exists()


def test_forgotten_photos_are_deleted() -> None:
    enrolment = take(browser_of(newcomer("alice")), frames_of(ALICE))

    retention.purge("5c" * 32, now=timezone.now() + timedelta(days=3))

    enrolment.refresh_from_db()
    assert enrolment.state == SelfEnrolmentState.DROPPED
    assert not ReferencePhoto.objects.exists()


def test_a_second_press_on_hand_in_shows_the_same_page() -> None:
    user = newcomer("alice")
    client = browser_of(user)
    take(client, frames_of(ALICE))

    for _ in range(2):
        answer = client.post(reverse("biometrics:hand-in-photos"), follow=True)

    assert b"Your photos are handed in" in answer.content
    assert b"There are no photos to hand in" not in answer.content


def test_every_stage_has_its_page(official: User) -> None:
    user = newcomer("alice")
    client = browser_of(user)
    page = reverse("biometrics:own-photos")
    assert b"Start the camera" in client.get(page).content
    take(client, frames_of(ALICE))
    assert b"Hand in these photos" in client.get(page).content
    enrolment = handing_in.hand_in(user, now=timezone.now())
    assert b"are handed in" in client.get(page).content
    SelfEnrolment.objects.update(state="approved", decided_at=timezone.now())
    assert b"has to look at your photos again" in client.get(page).content
    assert enrolment.photos.update(state="waiting") == 3
    assert b"are approved" in client.get(page).content
    assert client.get(reverse("biometrics:face-step")).headers["Location"] == page
