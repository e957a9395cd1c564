"""Passwords are set by their owners, or by an official's link that works once and soon dies."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from accounts.models import AuditEvent, User
from tests.support.people import PASSWORD, is_signed_in, pass_password, person
from tests.support.whole_login import WholeLoginClient

pytestmark = pytest.mark.django_db
NEW = "quite another password 7"
TWICE = {"new_password1": NEW, "new_password2": NEW}


@pytest.fixture
def voter():
    return person("voter")


@pytest.fixture
def registrar(client):
    user = person("registrar", is_staff=True)
    user.groups.set(Group.objects.filter(name=roles.REGISTRAR))
    client.force_login(user)
    return user


def make_link(client, user):
    page = client.post(reverse("admin:accounts_user_password_link", args=[user.pk]))
    found = re.search(r"http://testserver(/set-password/[^\"]+)", page.content.decode())
    return found and found.group(1)


def opened(link):
    browser = Client()
    page = browser.get(link, follow=True)
    return browser, page, page.redirect_chain[-1][0] if page.redirect_chain else link


def set_password(link):
    browser, _page, form = opened(link)
    return browser.post(form, TWICE)


def change(client, old=PASSWORD, **new):
    filled = {"old_password": old, **(new or TWICE)}
    return client.post(reverse("accounts:change-password"), filled)


def test_a_registrars_link_lets_a_voter_set_a_password(client, registrar, voter):
    answer = set_password(make_link(client, voter))

    assert answer.url == reverse("accounts:sign-in")
    voter.refresh_from_db()
    assert voter.check_password(NEW)
    assert list(AuditEvent.objects.values_list("action", "actor_id", "subject")) == [
        ("password_link_made", registrar.pk, f"user:{voter.pk}"),
        ("password_set", voter.pk, f"user:{voter.pk}"),
    ]


def test_it_signs_nobody_in(client, registrar, voter):
    browser, _page, form = opened(make_link(client, voter))

    browser.post(form, TWICE)

    assert not is_signed_in(browser)


def test_a_voter_without_a_password_gets_one(client, registrar, voter):
    voter.set_unusable_password()
    voter.save()

    set_password(make_link(client, voter))

    assert pass_password(Client(), "voter", NEW).status_code == 302


def test_the_link_works_once(client, registrar, voter):
    link = make_link(client, voter)
    set_password(link)

    _browser, page, _form = opened(link)

    assert page.status_code == 410
    assert b"This link was used already" in page.content


def test_of_two_who_opened_it_the_first_sets_the_password(client, registrar, voter):
    link = make_link(client, voter)
    late, _page, form = opened(link)
    set_password(link)

    late.post(form, {"new_password1": PASSWORD + "9", "new_password2": PASSWORD + "9"})

    voter.refresh_from_db()
    assert voter.check_password(NEW)


@pytest.mark.parametrize(("minutes", "valid"), [(59, True), (61, False)])
def test_the_link_works_for_an_hour(client, registrar, voter, minutes, valid):
    link = make_link(client, voter)

    with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
        _browser, page, _form = opened(link)

    assert (b"new_password1" in page.content) is valid


@pytest.mark.parametrize("change", ["is_staff", "is_superuser", "is_active", "email"])
def test_the_link_dies_when_the_account_changes(client, registrar, voter, change):
    link = make_link(client, voter)
    setattr(voter, change, {"is_active": False, "email": "new@example.org"}.get(change, True))
    voter.save()

    _browser, page, _form = opened(link)

    assert page.status_code == 410
    assert b"This link has ended" in page.content


@pytest.mark.parametrize("secret", ["made-up", "here", "x" * 3000, "%00", "%ff"])
def test_a_link_that_was_never_made_is_refused_in_words(secret):
    _browser, page, _form = opened(f"/set-password/{secret}/")

    assert page.status_code == 410
    assert b"This link is too old" in page.content


@pytest.mark.parametrize("rights", [{"is_staff": True}, {"is_superuser": True}])
def test_a_registrar_makes_no_link_for_an_official(client, registrar, rights):
    official = person("official", **rights)

    for user in (official, registrar):
        answer = client.post(reverse("admin:accounts_user_password_link", args=[user.pk]))
        assert answer.status_code == 403
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("role", [roles.AUDITOR, roles.ELECTION_OFFICER, None])
def test_who_may_not_edit_voters_makes_no_link(client, voter, role):
    somebody = person("somebody", is_staff=role is not None)
    somebody.groups.set(Group.objects.filter(name=role))
    client.force_login(somebody)

    assert make_link(client, voter) is None


def test_looking_at_the_page_makes_no_link(client, registrar, voter):
    page = client.get(reverse("admin:accounts_user_password_link", args=[voter.pk]))

    assert page.status_code == 200
    assert b"/set-password/" not in page.content
    assert not AuditEvent.objects.exists()


def test_a_signed_in_voter_changes_the_password_and_stays(client, voter):
    client.force_login(voter)
    elsewhere = WholeLoginClient()
    elsewhere.force_login(voter)
    old_key = client.session.session_key

    answer = change(client)

    assert answer.url == reverse("accounts:profile")
    assert is_signed_in(client)
    assert client.session.session_key != old_key
    assert not is_signed_in(elsewhere)
    assert User.objects.get(pk=voter.pk).check_password(NEW)
    assert AuditEvent.objects.get().action == "password_set"


def test_nobody_else_sees_the_page(client, voter):
    assert client.get(reverse("accounts:change-password")).status_code == 302
    pass_password(client, "voter")
    assert change(client).status_code == 302
    assert User.objects.get(pk=voter.pk).check_password(PASSWORD)


@pytest.mark.parametrize(
    "new", ["short", "1234567890123", "password1234", "x" * 1025, "a\x00" + NEW]
)
def test_weak_and_unusable_passwords_are_refused_in_words(client, voter, new):
    client.force_login(voter)

    answer = change(client, new_password1=new, new_password2=new)

    assert answer.status_code == 200
    assert b"There is a problem" in answer.content
    assert User.objects.get(pk=voter.pk).check_password(PASSWORD)


def test_guessing_the_present_password_locks(client, voter):
    client.force_login(voter)
    for _ in range(5):
        last = change(client, "wrong")

    assert last.status_code == 429
    assert change(client).status_code == 429
    assert User.objects.get(pk=voter.pk).check_password(PASSWORD)
