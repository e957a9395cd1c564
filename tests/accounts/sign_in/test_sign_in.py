"""The password step: it logs nobody in, and tells nobody which accounts exist."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts.audit import Action, record, verify_chain
from accounts.models import AuditEvent, User

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"


@pytest.fixture
def voter():
    return User.objects.create_user("voter", password=PASSWORD)


def sign_in(client, name="voter", password=PASSWORD, **extra):
    return client.post(
        reverse("accounts:sign-in"), {"username": name, "password": password, **extra}
    )


def test_the_right_password_leads_to_the_face_and_logs_nobody_in(client, voter):
    answer = sign_in(client)

    assert answer.url == reverse("biometrics:face-step")
    assert "_auth_user_id" not in client.session
    assert client.get(reverse("voting:elections")).status_code == 302
    assert client.get(reverse("accounts:profile")).status_code == 302


def test_completing_without_a_grant_logs_nobody_in(client, voter):
    sign_in(client)

    answer = client.post(reverse("biometrics:complete"))

    assert answer.url == reverse("biometrics:face-step")
    assert "_auth_user_id" not in client.session


def test_unknown_wrong_and_inactive_read_the_same(client, voter):
    User.objects.create_user("gone", password=PASSWORD, is_active=False)

    pages = [
        sign_in(client, "nobody").content,
        sign_in(client, password="wrong").content,
        sign_in(client, "gone").content,
    ]

    assert all(b"The user name or the password is wrong." in page for page in pages)


@pytest.mark.parametrize("password", ["", "x" * 1_000_000, "nul\x00", "\u202eabc"])
def test_strange_passwords_are_answered_in_words(client, voter, password):
    answer = sign_in(client, password=password)

    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example/", "javascript:alert(1)"])
def test_only_own_paths_are_remembered(client, voter, path):
    sign_in(client, next=path)

    assert "next" not in client.session


def test_six_wrong_passwords_lock_this_address_and_no_other(client, voter):
    for _ in range(6):
        locked = sign_in(client, password="wrong")

    elsewhere = client.post(
        reverse("accounts:sign-in"),
        {"username": "voter", "password": PASSWORD},
        REMOTE_ADDR="127.0.0.9",
    )

    assert locked.status_code == 429
    assert elsewhere.url == reverse("biometrics:face-step")


def test_the_audit_chain_holds_and_names_what_was_altered(voter):
    with transaction.atomic():
        for number in range(3):
            record(Action.USER_CHANGED, actor=voter, subject="user:1", number=number)

    assert verify_chain().ok
    assert verify_chain().sequence == 3


@pytest.mark.parametrize(
    "statement",
    ["UPDATE accounts_auditevent SET action = 'x'", "DELETE FROM accounts_auditevent"],
)
def test_the_database_refuses_to_change_the_log(voter, statement):
    with transaction.atomic():
        record(Action.USER_CHANGED, actor=voter)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)

    assert AuditEvent.objects.count() == 1
