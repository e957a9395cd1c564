"""People get a file of everything about them, and have their account deleted."""

from __future__ import annotations

import base64
import json

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Proposal, User
from accounts.rights import deleting
from accounts.rights.deleting import DeletionRefused
from biometrics.enrolment.photos import store_photo
from biometrics.models import Consent, Reference, ReferencePhoto
from tests.support.office_forms import save
from tests.support.officials import browser_of, registrar
from tests.support.people import PASSWORD, enrol, pass_password
from tests.support.pictures import ALICE, jpeg
from tests.support.polls import open_poll
from tests.support.whole_login import WholeLoginClient
from voting.elections import life_cycle

pytestmark = pytest.mark.django_db
MY_DATA, DELETE = "/account/my-data/", "/account/delete/"


@pytest.fixture(autouse=True)
def site(settings, tmp_path, scripted_engine):
    settings.PHOTOS_DIR = tmp_path


@pytest.fixture
def poll():
    poll = open_poll(voters=2)
    user = poll.users[0]
    user.first_name, user.email = "Vera", "vera@example.org"
    user.set_password(PASSWORD)
    user.save()
    enrol(user)
    return poll


def close(poll):
    life_cycle.close_election(poll.election, actor=poll.official, now=timezone.now())


def browser(user):
    client = WholeLoginClient()
    client.force_login(user)
    return client


def test_the_file_holds_everything_about_its_owner(poll):
    user = poll.users[0]
    picture = jpeg(ALICE)
    store_photo(user, picture, None)
    tracker = poll.cast(0)

    answer = browser(user).post(MY_DATA)

    assert 'filename="facevote-my-data.json"' in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    data = json.loads(answer.content)
    assert data["account"]["email"] == "vera@example.org"
    assert data["face"]["consents"][0]["text_version"]
    assert base64.b64decode(data["face"]["photos"][0]["jpeg_in_base64"])[:2] == b"\xff\xd8"
    roll = data["rolls_and_ballots"][0]
    assert (roll["name"], roll["has_voted"]) == ("Voter 0", True)
    assert roll["ballots_cast"] == [tracker]
    assert "own_data_exported" in {event["what"] for event in data["audit_log"]}


def test_the_file_holds_nothing_of_anybody_else(poll):
    other = poll.users[1]
    User.objects.filter(pk=other.pk).update(first_name="Otto", email="otto@example.org")
    tracker = poll.cast(1)
    browser(other).post(MY_DATA)

    text = browser(poll.users[0]).post(MY_DATA).content.decode()

    for word in ("Otto", "otto@example.org", tracker, "Voter 1", poll.official.username):
        assert word not in text


def test_every_table_with_people_is_in_the_file_or_known_to_hold_nothing_more(poll):
    """A new table that points to people fails here, until somebody has decided on it."""
    decided = {
        # in the file
        *("accounts.AccessOverride", "accounts.Proposal", "accounts.AccountNotice"),
        *(
            "accounts.ApiToken",
            "accounts.OneTimeLink",
            "biometrics.Consent",
            "biometrics.ReferencePhoto",
        ),
        *("biometrics.Reference", "biometrics.EnrolmentNotice", "biometrics.FaceLockout"),
        "biometrics.FaceAllowance",
        *("biometrics.VerificationSession", "voting.VoterRollEntry"),
        *("biometrics.SelfEnrolment", "oidc.Connection"),
        # secrets, and what only repeats the tables above or says what officials did
        *(
            "otp_totp.TOTPDevice",
            "accounts.OneTimeCode",
            "accounts.LinkRequest",
            "biometrics.VerificationGrant",
            "biometrics.PhoneHandoff",
            "oidc.AccessToken",
            "oidc.Code",
            "oidc.RefreshToken",
            "oidc.Subject",
            # The library makes these tables; the site stores nothing in them.
            "oauth2_provider.DeviceGrant",
            "oauth2_provider.IDToken",
        ),
        *("biometrics.AcceptedResemblance", "admin.LogEntry"),
    }

    assert {one.related_model._meta.label for one in User._meta.related_objects} <= decided


def test_a_stranger_gets_nothing_and_a_click_on_a_link_neither(poll):
    assert Client().post(MY_DATA).status_code == 302
    assert browser(poll.users[0]).get(MY_DATA).status_code == 405


def test_a_deleted_account_is_a_number_without_a_person(
    poll, settings, django_capture_on_commit_callbacks
):
    user = poll.users[0]
    store_photo(user, jpeg(ALICE), None)
    close(poll)
    client = browser(user)

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(DELETE, follow=True)

    assert "Your account is deleted." in answer.content.decode()
    row = User.objects.get(pk=user.pk)
    assert (row.username, row.email, row.first_name) == (f"deleted-{user.pk}", "", "")
    assert not row.is_active
    assert not row.has_usable_password()
    for model in (Reference, ReferencePhoto):
        assert not model.objects.filter(user=user).exists()
    assert not list(settings.PHOTOS_DIR.glob("*/*"))
    assert Consent.objects.get(user=user).withdrawn_at is not None
    assert client.get("/account/").status_code == 302
    assert AuditEvent.objects.get(action="user_deleted").subject == f"user:{user.pk}"
    # The roll of the election that is over stays until it is purged.
    assert poll.entry(0).name == "Voter 0"


def test_nobody_signs_in_to_a_deleted_account_any_more(poll):
    close(poll)
    deleting.delete_account(poll.users[0], actor=None, now=timezone.now())

    browser_ = Client()
    pass_password(browser_, poll.users[0].username)

    assert "pending_login" not in browser_.session


def test_a_voter_of_an_election_that_is_not_over_stays_and_is_told_so(poll):
    client = browser(poll.users[0])

    assert "can be deleted when that election is closed" in client.get(DELETE).content.decode()
    client.post(DELETE)
    with pytest.raises(DeletionRefused):
        deleting.delete_account(poll.users[0], actor=None, now=timezone.now())
    assert User.objects.get(pk=poll.users[0].pk).is_active


def test_the_page_says_what_stays_before_anything_is_deleted(poll):
    close(poll)

    page = browser(poll.users[0]).get(DELETE).content.decode()

    assert "the number of your account" in page
    assert "your encrypted ballots on the public board" in page
    assert User.objects.get(pk=poll.users[0].pk).is_active


def test_an_official_is_deleted_by_a_superuser_and_what_they_did_stays(poll):
    clerk = registrar()
    Proposal.objects.create(kind="password-link", proposed_by=clerk, proposed_at=timezone.now())
    browser(clerk).post(DELETE)
    clerk.refresh_from_db()
    assert clerk.is_active

    chief = User.objects.create_superuser("chief")
    browser_of(chief).post(f"/admin/accounts/user/{clerk.pk}/delete/", {"post": "yes"})

    clerk.refresh_from_db()
    assert (clerk.username, clerk.is_staff) == (f"deleted-{clerk.pk}", False)
    assert AuditEvent.objects.get(action="user_deleted").actor_id == chief.pk


def test_the_administration_refuses_a_voter_of_an_open_election(poll):
    chief = browser_of(User.objects.create_superuser("chief"))
    page = f"/admin/accounts/user/{poll.users[0].pk}/delete/"

    chief.post(page, {"post": "yes"})
    chief.post(
        reverse("admin:accounts_user_changelist"),
        {"action": "delete_selected", "_selected_action": [poll.users[0].pk], "post": "yes"},
    )

    assert User.objects.get(pk=poll.users[0].pk).is_active


def test_no_list_of_the_administration_keeps_the_name(poll):
    user = poll.users[0]
    close(poll)
    chief = browser_of(User.objects.create_superuser("chief"))
    page = f"/admin/accounts/user/{user.pk}/change/"
    save(chief, page, first_name="Vera")

    chief.post(f"/admin/accounts/user/{user.pk}/delete/", {"post": "yes"})

    from django.contrib.admin.models import LogEntry

    for entry in LogEntry.objects.all():
        assert user.username not in entry.object_repr
    with pytest.raises(ObjectDoesNotExist):
        User.objects.get(username=user.username)
