"""The pages from which officials send mail, and who may use them."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from accounts.models import Proposal
from tests.support.found import found_in
from tests.support.office_forms import opened
from tests.support.officials import browser_of, official_of
from tests.support.polls import club, open_poll
from voting.mailing import sending
from voting.mailing.preview import SAMPLE
from voting.models import Mail, Mailing, MailKind, MailTemplate, NoReminders, Trustee

pytestmark = pytest.mark.django_db
LETTER = {"subject": "To {name}", "body": "Go to {link}, {name}.\n\nUntil {closes}."}


@pytest.fixture
def poll():
    return club()


@pytest.fixture
def officer(client):
    user = official_of(roles.ELECTION_OFFICER)
    user.email = "officer@example.org"
    user.save()
    client.force_login(user)
    return user


def page_of(poll, **query):
    url = reverse("admin:voting_mailing_send", args=[poll.election.pk])
    return url + ("?" + "&".join(f"{name}={value}" for name, value in query.items()))


def path_in(letter, page):
    return found_in(str(letter.body), rf"http://testserver(/{page}/\S+/)")


def send(client, poll, **query):
    answer = client.post(page_of(poll, **query))
    for mailing in Mailing.objects.all():
        sending.send_slice(mailing.pk)
    return answer


def test_the_page_shows_three_real_voters_the_counts_and_no_link_that_works(client, officer, poll):
    text = client.get(page_of(poll)).content.decode()

    assert "Send 3 letters" in text
    assert text.count("kept-letter") == 3
    assert "Voter 0" in text
    assert re.findall(r"/set-password/([^/\s<\"]+)/", text) == [SAMPLE] * len(
        re.findall("/set-password/", text)
    )
    assert not Mail.objects.exists()


def test_one_click_sends_and_shows_how_far_it_is(client, officer, poll):
    answer = send(client, poll)

    assert [letter.to for letter in mail.outbox] == [[user.email] for user in poll.users]
    text = client.get(answer.url).content.decode()
    assert "All 3 letters are handed over." in text
    progress = client.get(
        reverse("admin:voting_mailing_progress", args=[Mailing.objects.get().pk])
    ).json()
    assert progress["progress"]["done"] == 3


def test_the_readiness_list_opens_the_page_with_its_audience(client, officer, poll):
    text = client.get(page_of(poll, audience="no_face")).content.decode()

    assert re.search(r'audience=no_face" aria-current="true"', text)


@pytest.mark.parametrize("query", [{"kind": "x"}, {"audience": "one"}, {"audience": "%00"}])
def test_a_made_up_address_shows_what_is_usual(client, officer, poll, query):
    assert "Send 3 letters" in client.get(page_of(poll, **query)).content.decode()


@pytest.mark.parametrize("role", [roles.AUDITOR, None])
def test_who_may_not_send_sees_and_sends_nothing(poll, role):
    browser = browser_of(official_of(role or "no role", "somebody"))

    answers = [browser.get(page_of(poll)), browser.post(page_of(poll))]
    answers.append(browser.get(reverse("admin:voting_letters", args=[poll.election.pk])))

    assert {answer.status_code for answer in answers} == {403}
    assert not Mailing.objects.exists()


def test_a_test_letter_goes_to_the_official_alone(
    client, officer, poll, tasks_at_once, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("admin:voting_mailing_test", args=[poll.election.pk]))

    (letter,) = mail.outbox
    assert letter.to == ["officer@example.org"]
    assert letter.subject.startswith("TEST: ")
    assert SAMPLE in letter.body


def test_a_letter_is_sent_again_to_one_voter(client, officer, poll):
    send(client, poll)
    row = Mail.objects.order_by("pk")[0]

    client.post(reverse("admin:voting_mail_again", args=[row.pk]))
    sending.send_slice(Mailing.objects.order_by("-pk")[0].pk)

    assert [letter.to[0] for letter in mail.outbox][-1] == poll.users[0].email
    assert Mail.objects.filter(entry=poll.entry(0)).count() == 2


def test_to_another_address_it_goes_only_with_the_right_to_change_the_account(client, poll):
    registrar, officer = official_of(roles.REGISTRAR), official_of(roles.ELECTION_OFFICER)
    send(browser_of(registrar), poll)
    row = Mail.objects.order_by("pk")[0]
    again = reverse("admin:voting_mail_again", args=[row.pk])

    browser_of(officer).post(again, {"address": "other@example.org"})
    poll.users[0].refresh_from_db()
    assert poll.users[0].email == "club-0@example.org"

    browser_of(registrar).post(again, {"address": "other@example.org"})
    poll.users[0].refresh_from_db()
    assert poll.users[0].email == "other@example.org"


def test_on_a_fixed_roll_another_address_takes_two_officials(settings):
    settings.SECOND_OFFICIAL = True
    poll = open_poll(voters=1)
    poll.users[0].email = "old@example.org"
    poll.users[0].save()
    browser = browser_of(official_of(roles.REGISTRAR))
    send(browser, poll, kind="invitation", audience="all")
    before = Mailing.objects.count()

    row = Mail.objects.get()
    browser.post(
        reverse("admin:voting_mail_again", args=[row.pk]), {"address": "thief@example.org"}
    )

    poll.users[0].refresh_from_db()
    assert poll.users[0].email == "old@example.org"
    assert Proposal.objects.get().detail == {"email": "thief@example.org"}
    assert Mailing.objects.count() == before


def test_a_text_is_checked_when_it_is_saved_and_used_from_then_on(client, officer, poll):
    add = reverse("admin:voting_mailtemplate_add") + "?kind=invitation"
    form = opened(client, add)
    assert "{link}" in form["body"]

    wrong = client.post(add, {**form, "body": "Hello {nmae}"})
    assert "{nmae} is no variable" in wrong.content.decode()
    assert "must have {link}" in wrong.content.decode()
    client.post(add, {**form, **LETTER})
    send(client, poll)

    assert MailTemplate.objects.get().subject == "To {name}"
    assert mail.outbox[0].subject == "To Voter 0"
    assert "Until not fixed yet." in mail.outbox[0].body


def test_a_stored_text_keeps_its_kind_and_is_checked_for_it(client, officer):
    row = MailTemplate.objects.create(kind=MailKind.INVITATION, language="en", **LETTER)
    page = reverse("admin:voting_mailtemplate_change", args=[row.pk])

    wrong = client.post(page, {**opened(client, page), "kind": "result", "body": "{results}"})

    assert "{results} is no variable" in wrong.content.decode()


def test_the_preview_of_an_unsaved_text_saves_nothing(client, officer, poll):
    preview = reverse("admin:voting_mailtemplate_preview")

    text = client.post(preview, {"kind": "invitation", **LETTER}).content.decode()

    assert "To Voter 0" in text
    assert text.count("kept-letter") == 3
    assert not MailTemplate.objects.exists()
    wrong = client.post(preview, {"kind": "invitation", "subject": "x", "body": "{x}"})
    assert "{x} is no variable" in wrong.content.decode()


def test_an_election_in_two_languages_is_written_to_in_both(client, officer):
    poll = club("both", language="de", other_languages="en")
    MailTemplate.objects.create(
        kind=MailKind.INVITATION, language="de", subject="Einladung", body="Hier: {link}"
    )

    send(client, poll)

    assert mail.outbox[0].subject == "Einladung"
    assert "Hier: " in mail.outbox[0].body
    assert "you can vote in" in mail.outbox[0].body


def test_a_voter_stops_reminders_without_signing_in(client, officer):
    poll = open_poll(voters=1)
    poll.users[0].email = "v@example.org"
    poll.users[0].save()
    send(client, poll)
    found = path_in(mail.outbox[0], "no-reminders")

    assert Client().get(found).status_code == 200
    assert not NoReminders.objects.exists()
    answer = Client(enforce_csrf_checks=True).post(found, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert NoReminders.objects.get().entry == poll.entry()
    assert Client().post(found[:-4] + "xxx/").status_code == 404


def test_the_receipt_comes_by_mail_only_on_wish_and_only_the_own_one(client):
    poll = open_poll(voters=2)
    for user in poll.users:
        user.email = f"{user.username}@example.org"
        user.save()
    tracker = poll.cast()
    url = reverse("voting:mail-receipt", args=["e", tracker])
    assert mail.outbox == []

    client.force_login(poll.users[1])
    assert client.post(url).status_code == 404
    client.force_login(poll.users[0])
    assert client.post(url).status_code == 302
    sending.send_slice(Mailing.objects.get().pk)

    (letter,) = mail.outbox
    assert letter.to == [poll.users[0].email]
    assert f"/elections/e/receipt/{tracker}/" in letter.body
    assert all(tracker not in str(row) for row in Mail.objects.values())
    for _ in range(5):
        client.post(url)
    assert Mailing.objects.count() == 3


def test_a_trustees_link_is_mailed_and_no_official_sees_it(
    client, officer, tasks_at_once, django_capture_on_commit_callbacks
):
    poll = club("keys", key_mode="trustees", threshold=1)
    add = reverse("admin:voting_trustee_add")

    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(
            add,
            {"election": poll.election.pk, "name": "Tess", "email": "tess@example.org"},
            follow=True,
        )

    assert b"/trustee/" not in page.content.replace(b"/admin/voting/trustee/", b"")
    (letter,) = mail.outbox
    assert Client().get(path_in(letter, "trustee")).status_code == 200
    assert Trustee.objects.get().email == "tess@example.org"


def test_a_roll_that_was_imported_leads_to_its_invitations(client, officer, poll):
    from voting.models import RollImport, WorkState

    stored = RollImport.objects.create(
        election=poll.election,
        state=WorkState.DONE,
        asked_by=officer,
        asked_at=timezone.now(),
    )

    text = client.get(reverse("admin:voting_voterrollentry_preview", args=[stored.pk])).content

    assert page_of(poll, kind="invitation").encode() in text
