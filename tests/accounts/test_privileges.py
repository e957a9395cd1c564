"""Who manages voters gets no hold on officials, and every write is in the audit log."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts import roles
from accounts.models import AuditEvent, User
from tests.support.office_forms import save

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
NEW = "quite another password 7"


@pytest.fixture
def chief():
    return User.objects.create_superuser("chief", password=PASSWORD)


@pytest.fixture
def registrar(client):
    user = User.objects.create_user("registrar", password=PASSWORD, is_staff=True)
    user.groups.set(Group.objects.filter(name=roles.REGISTRAR))
    client.force_login(user)
    return user


@pytest.mark.parametrize("official", ["superuser", "staff", "themselves"])
def test_a_registrar_cannot_set_an_officials_password(client, registrar, chief, official):
    colleague = User.objects.create_user("colleague", password=PASSWORD, is_staff=True)
    target = {"superuser": chief, "staff": colleague, "themselves": registrar}[official]

    answer = client.post(
        reverse("admin:auth_user_password_change", args=[target.pk]),
        {"password1": NEW, "password2": NEW, "usable_password": "true"},
    )

    target.refresh_from_db()
    assert answer.status_code == 403
    assert target.check_password(PASSWORD)


def test_a_registrar_cannot_edit_an_official(client, registrar, chief):
    answer = client.post(
        reverse("admin:accounts_user_change", args=[chief.pk]), {"username": "chief"}
    )

    chief.refresh_from_db()
    assert answer.status_code == 403
    assert chief.is_active


def test_a_registrar_cannot_make_an_official(client, registrar):
    voter = User.objects.create_user("voter", password=PASSWORD)

    answer = save(
        client,
        reverse("admin:accounts_user_change", args=[voter.pk]),
        first_name="Vera",
        is_staff="on",
        is_superuser="on",
        groups=[group.pk for group in Group.objects.all()],
    )

    voter.refresh_from_db()
    assert answer.status_code == 302
    assert voter.first_name == "Vera"
    assert not voter.is_staff
    assert not voter.is_superuser
    assert not voter.groups.exists()


def test_a_voters_page_shows_no_password_hash(client, registrar):
    voter = User.objects.create_user("voter", password=PASSWORD)

    page = client.get(reverse("admin:accounts_user_change", args=[voter.pk]))

    assert b"argon2" not in page.content


def test_creating_and_changing_a_voter_is_in_the_audit_log(client, registrar):
    client.post(
        reverse("admin:accounts_user_add"),
        {"username": "new", "password1": NEW, "password2": NEW, "usable_password": "true"},
    )
    voter = User.objects.get(username="new")
    client.post(
        reverse("admin:auth_user_password_change", args=[voter.pk]),
        {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"},
    )

    events = AuditEvent.objects.filter(subject=f"user:{voter.pk}", actor_id=registrar.pk)
    assert [event.action for event in events] == ["user_created", "user_changed"]
