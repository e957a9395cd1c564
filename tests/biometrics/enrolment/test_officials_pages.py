from __future__ import annotations

import re
import uuid

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from biometrics.enrolment.encoding import encode
from biometrics.enrolment.photos import store_photo
from biometrics.models import (
    FaceLockout,
    PhotoState,
    Purpose,
    Reference,
    ReferencePhoto,
    SessionState,
    VerificationSession,
)
from biometrics.storage.references import has_reference
from tests.support.pictures import ALICE, CROWD, jpeg
from tests.support.scripted_engine import ScriptedEngine


@pytest.fixture
def photo(alice, registrar):
    photo = store_photo(alice, jpeg(ALICE), registrar)
    encode(photo.pk, ScriptedEngine(), now=timezone.now())
    return ReferencePhoto.objects.get(pk=photo.pk)


def upload(client, user, *files):
    named = [SimpleUploadedFile(f"{n}.jpg", data) for n, data in enumerate(files)]
    return client.post(reverse("biometrics:photos", args=[user.pk]), {"photo": named})


def test_one_bad_file_does_not_keep_the_others_out(official, alice):
    response = upload(official, alice, jpeg(ALICE), b"hello", jpeg(ALICE, mark=1))

    answers = response.json()["files"]
    assert response.status_code == 201
    assert [sorted(answer) for answer in answers] == [["photo"], ["code", "error"], ["photo"]]
    assert answers[1]["code"] == "wrong_format"
    assert ReferencePhoto.objects.filter(user=alice).count() == 2


def test_an_upload_of_bad_files_only_is_answered_400(official, alice):
    response = upload(official, alice, b"hello")

    assert response.status_code == 400
    assert response.json()["files"][0]["error"]


def test_an_upload_without_a_file_says_so(official, alice):
    response = official.post(reverse("biometrics:photos", args=[alice.pk]))

    assert response.status_code == 400
    assert response.json()["error"]


def test_a_name_that_climbs_out_of_the_folder_goes_nowhere(official, alice, settings):
    evil = SimpleUploadedFile("../../evil.jpg", jpeg(ALICE))

    official.post(reverse("biometrics:photos", args=[alice.pk]), {"photo": [evil]})

    stored = ReferencePhoto.objects.get().file
    assert re.fullmatch(r"[0-9a-f]{32}\.photo", stored)


def test_the_panel_tells_states_in_words(official, alice, registrar, photo):
    refused = store_photo(alice, jpeg(CROWD), registrar)
    encode(refused.pk, ScriptedEngine(), now=timezone.now())

    answer = official.get(reverse("biometrics:photos", args=[alice.pk])).json()

    states = [(tile["state"], tile["reason"]) for tile in answer["tiles"]]
    assert states == [("usable", ""), ("refused", "several_faces")]
    assert answer["tiles"][1]["advice"]
    assert answer["enrolled"]
    assert answer["waiting"] == 0


def test_an_official_is_told_where_a_face_was_chosen_among_several(official, alice, photo):
    ReferencePhoto.objects.filter(pk=photo.pk).update(chosen_among_several=True)

    panel = official.get(reverse("biometrics:photos", args=[alice.pk])).json()

    assert "Check that it is this voter's" in panel["tiles"][0]["advice"]


def test_a_picture_is_served_decrypted_and_never_cached(official, photo):
    response = official.get(reverse("biometrics:photo-picture", args=[photo.pk]))

    assert response.content.startswith(b"\xff\xd8")
    assert "no-store" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("what", ["picture", "remove", "encode", "accept"])
@pytest.mark.parametrize("who", ["nobody", "voter", "other official"])
def test_without_the_permission_nothing_is_shown_and_nothing_happens(client, photo, what, who):
    if who != "nobody":
        client.force_login(User.objects.create_user("eve", is_staff=who == "other official"))
    url = reverse(f"biometrics:photo-{what}", args=[photo.pk])

    response = client.get(url) if what == "picture" else client.post(url)

    assert response.status_code == 403
    assert ReferencePhoto.objects.get() == photo


@pytest.mark.parametrize("who", ["nobody", "voter", "other official"])
def test_without_the_permission_no_photo_is_added_or_listed(client, alice, who):
    if who != "nobody":
        client.force_login(User.objects.create_user("eve", is_staff=who == "other official"))

    added = upload(client, alice, jpeg(ALICE))
    listed = client.get(reverse("biometrics:photos", args=[alice.pk]))

    assert (added.status_code, listed.status_code) == (403, 403)
    assert not ReferencePhoto.objects.exists()


def test_one_who_may_look_but_not_change_gets_no_buttons(client, photo):
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_referencephoto"))
    client.force_login(viewer)

    answer = client.get(reverse("biometrics:photos", args=[photo.user_id])).json()

    (tile,) = answer["tiles"]
    assert tile["thumbnail_url"]
    assert [tile["remove_url"], tile["encode_url"], tile["accept_url"]] == ["", "", ""]


def test_a_form_without_its_token_changes_nothing(alice, registrar, photo):
    from tests.support.whole_login import WholeLoginClient

    client = WholeLoginClient(enforce_csrf_checks=True)
    client.force_login(registrar)

    response = client.post(reverse("biometrics:photo-remove", args=[photo.pk]))

    assert response.status_code == 403
    assert ReferencePhoto.objects.exists()


def test_removing_twice_is_no_error(official, photo):
    url = reverse("biometrics:photo-remove", args=[photo.pk])

    first, second = official.post(url), official.post(url)

    assert (first.status_code, second.status_code) == (200, 200)
    assert not ReferencePhoto.objects.exists()


def test_an_unknown_photo_is_404(official):
    url = reverse("biometrics:photo-picture", args=[uuid.uuid4()])

    assert official.get(url).status_code == 404


def test_a_usable_photo_cannot_be_accepted(official, photo):
    response = official.post(reverse("biometrics:photo-accept", args=[photo.pk]))

    assert response.status_code == 400
    assert response.json()["error"]


@pytest.mark.parametrize(
    "name",
    [
        "biometrics_enrolment_changelist",
        "biometrics_enrolment_queue",
        "biometrics_referencephoto_changelist",
        "biometrics_verificationsession_changelist",
        "biometrics_facelockout_changelist",
    ],
)
def test_the_officials_lists_open_and_have_nothing_inline(official, photo, name):
    FaceLockout.objects.create(user=photo.user, failures=3)

    page = official.get(reverse(f"admin:{name}"))

    assert page.status_code == 200
    assert_own_parts_have_nothing_inline(page.content.decode())


def test_a_voters_page_shows_the_panel(official, photo):
    page = official.get(reverse("admin:biometrics_enrolment_change", args=[photo.user_id]))

    text = page.content.decode()
    assert "data-enrolment" in text
    assert str(photo.pk) in text
    assert_own_parts_have_nothing_inline(text)


def test_the_account_page_has_the_panel_behind_its_form_not_in_it(official, registrar, photo):
    registrar.user_permissions.add(
        *Permission.objects.filter(codename__in=["view_user", "change_user"])
    )

    page = official.get(reverse("admin:accounts_user_change", args=[photo.user_id]))

    text = page.content.decode()
    form = text.index('id="user_form"')
    assert form < text.index("</form>", form) < text.index("data-enrolment")


def test_an_action_needs_its_permission(client, photo):
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_referencephoto"))
    client.force_login(viewer)

    act(client, "enrolment", "erase_biometrics", photo.user_id, confirmed="yes")

    assert ReferencePhoto.objects.exists()


def test_photos_of_a_selection_are_encoded_again(official, photo):
    act(official, "enrolment", "encode_again", photo.user_id)

    photo.refresh_from_db()
    assert photo.state == PhotoState.WAITING
    assert has_reference(photo.user)


def test_a_lockout_is_reset(official, alice):
    FaceLockout.objects.create(user=alice, failures=50, blocked=True)

    act(official, "enrolment", "reset_lockout", alice.pk)

    lockout = FaceLockout.objects.get(user=alice)
    assert (lockout.failures, lockout.blocked) == (0, False)


def test_erasing_asks_first(official, photo):
    asked = act(official, "enrolment", "erase_biometrics", photo.user_id)
    still_there = ReferencePhoto.objects.exists()
    act(official, "enrolment", "erase_biometrics", photo.user_id, confirmed="yes")

    assert "cannot be undone" in asked.content.decode()
    assert still_there
    assert not ReferencePhoto.objects.exists()
    assert not Reference.objects.exists()


def test_verifications_can_be_looked_at_and_not_changed(official, alice, now):
    session = VerificationSession.objects.create(
        user=alice,
        purpose=Purpose.LOGIN,
        ticket_hash="t" * 64,
        browser_hash="b" * 64,
        state=SessionState.REFUSED,
        reason="no_match",
        created_at=now,
        ticket_expires_at=now,
    )
    url = reverse("admin:biometrics_verificationsession_change", args=[session.pk])

    page = official.get(url)
    posted = official.post(url, {"state": "verified"})

    assert page.status_code == 200
    assert "t" * 64 not in page.content.decode()
    assert posted.status_code == 403


def act(client, model, action, *people, **more):
    url = reverse(f"admin:biometrics_{model}_changelist")
    return client.post(url, {"action": action, "_selected_action": people, **more})


def assert_own_parts_have_nothing_inline(text):
    own = text[text.index('id="content"') :]
    assert not re.search(r"\sstyle=|\son[a-z]+=", own)
    for tag in re.findall(r"<script[^>]*>", own):
        assert "src=" in tag or "application/json" in tag or "text/plain" in tag
