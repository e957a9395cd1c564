"""Forgotten passwords and new addresses: by mail, one answer for everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.invitations import requests
from accounts.models import AuditEvent, LinkPurpose, LinkRequest, OneTimeLink
from tests.support.mail import link_in
from tests.support.people import PASSWORD, pass_password, person
from tests.support.polls import open_poll
from tests.support.whole_login import WholeLoginClient

pytestmark = pytest.mark.django_db
NEW = "quite another password 7"
SITE = "http://testserver"


@pytest.fixture
def voter():
    return person("dora", email="Dora@example.org")


def ask(typed, **extra):
    return Client().post(reverse("accounts:forgotten"), {"typed": typed}, **extra)


def work_off(now):
    for request in LinkRequest.objects.filter(mailed_at=None):
        requests.send(request.pk, now=now)


@pytest.mark.parametrize("typed", ["dora", "dora@example.org", " Dora@Example.org "])
def test_a_forgotten_password_is_set_anew_by_mail(voter, now, typed):
    ask(typed)
    work_off(now)

    (letter,) = mail.outbox
    assert letter.to == ["Dora@example.org"]
    browser = Client()
    browser.get(link_in(letter.body), follow=True)
    browser.post("/set-password/here/", {"new_password1": NEW, "new_password2": NEW})
    assert pass_password(Client(), "dora", NEW).status_code == 302
    assert pass_password(Client(), "dora", PASSWORD).status_code == 200


def test_the_answer_and_the_stored_row_are_the_same_for_everybody(voter, now):
    person("nobody-with-mail")
    answers = [ask(typed) for typed in ("dora", "stranger", "nobody-with-mail", "x" * 254)]

    assert {(answer.status_code, answer.url) for answer in answers} == {
        (302, reverse("accounts:forgotten-asked"))
    }
    rows = LinkRequest.objects.all()
    assert {len(bytes(row.typed)) for row in rows} == {len(bytes(rows[0].typed))}
    assert {row.user_id for row in rows} == {None}
    assert mail.outbox == []
    work_off(now)
    assert [letter.to for letter in mail.outbox] == [["Dora@example.org"]]


def test_the_same_queries_run_whether_or_not_there_is_such_an_account(voter):
    ask("warm up")
    counts = []
    for typed in ("dora", "stranger"):
        with CaptureQueriesContext(connection) as captured:
            ask(typed)
        counts.append([query["sql"].split()[0] for query in captured])

    assert counts[0] == counts[1]


def test_what_was_typed_is_sealed_and_then_forgotten(voter, now):
    ask("dora")
    row = LinkRequest.objects.get()
    assert b"dora" not in bytes(row.typed)

    work_off(now)

    row.refresh_from_db()
    assert bytes(row.typed) == b""
    assert row.mailed_at is not None


def test_nobodys_mailbox_is_filled(voter, now):
    for minutes in (0, 1, 3, *range(10, 200, 10)):
        ask("dora", REMOTE_ADDR=f"10.0.0.{minutes}")
        work_off(now + timedelta(minutes=minutes))

    assert len(mail.outbox) == requests.MOST_A_DAY


def test_one_address_asks_only_so_often(voter):
    answers = [ask("dora").status_code for _ in range(32)]

    assert answers[:30] == [302] * 30
    assert answers[31] == 429


def test_an_inactive_account_gets_nothing(voter, now):
    voter.is_active = False
    voter.save()
    ask("dora")

    work_off(now)

    assert mail.outbox == []


def test_people_who_share_an_address_get_a_letter_each(voter, now):
    person("emil", email="dora@example.org")
    ask("dora@example.org")

    work_off(now)

    assert sorted("emil" in letter.body for letter in mail.outbox) == [False, True]


def test_a_changed_password_is_told_by_mail(
    voter, now, django_capture_on_commit_callbacks, tasks_at_once
):
    ask("dora")
    work_off(now)
    browser = Client()
    browser.get(link_in(mail.outbox[0].body), follow=True)

    with django_capture_on_commit_callbacks(execute=True):
        browser.post("/set-password/here/", {"new_password1": NEW, "new_password2": NEW})

    assert mail.outbox[-1].subject == "Your password was set"


def test_a_new_address_counts_when_its_owner_has_confirmed_it(
    voter, now, django_capture_on_commit_callbacks, tasks_at_once
):
    browser = WholeLoginClient()
    browser.force_login(voter)
    browser.post(reverse("accounts:new-address"), {"new_address": "new@example.org"})
    work_off(now)
    voter.refresh_from_db()
    assert voter.email == "Dora@example.org"
    (letter,) = mail.outbox
    assert letter.to == ["new@example.org"]
    path = link_in(letter.body)
    assert b"new@example.org" in Client().get(path).content

    with django_capture_on_commit_callbacks(execute=True):
        Client().post(path)

    voter.refresh_from_db()
    assert voter.email == "new@example.org"
    assert sorted(one.to[0] for one in mail.outbox[1:]) == ["Dora@example.org", "new@example.org"]
    assert Client().get(path).status_code == 410
    assert AuditEvent.objects.get(action="user_changed").details == {"fields": "email"}


def test_on_a_fixed_roll_a_voter_changes_no_address_alone(now, settings):
    settings.SECOND_OFFICIAL = True
    voter = open_poll(voters=1).users[0]
    voter.email = "old@example.org"
    voter.save()
    requests.order(voter, LinkPurpose.ADDRESS, site=SITE, now=now, new_address="thief@example.org")
    work_off(now)

    answer = Client().post(link_in(mail.outbox[0].body))

    voter.refresh_from_db()
    assert (answer.status_code, voter.email) == (410, "old@example.org")
    assert OneTimeLink.objects.get().used_at is None


def test_a_registrar_has_a_link_mailed_without_seeing_it(client, voter, now, settings):
    settings.SECOND_OFFICIAL = True
    registrar = person("registrar", is_superuser=True, is_staff=True)
    client.force_login(registrar)

    page = client.post(
        reverse("admin:accounts_user_password_link", args=[voter.pk]), {"mail": "yes"}
    )
    work_off(now)

    assert b"/set-password/" not in page.content
    assert link_in(mail.outbox[0].body)
