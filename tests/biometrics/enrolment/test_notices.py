"""A voter hears of every face that is enrolled for the account."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from biometrics.consent.erasure import erase_voter
from biometrics.enrolment import notices
from biometrics.enrolment.notices import unread_notices, unsent_notices
from biometrics.enrolment.photos import add_photo, encode_again, remove_photo
from biometrics.models import EnrolmentNotice, ReferencePhoto
from tests.support.pictures import ALICE, BOB, NOBODY, jpeg

WARNING = "A face was enrolled for your account"


@pytest.fixture
def commits(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def add(commits, registrar):
    def add(user, data):
        with commits():
            return add_photo(user, data, registrar)

    return add


@pytest.fixture
def reachable(alice):
    alice.email = "alice@example.org"
    alice.save()
    return alice


def test_a_voter_with_an_address_gets_a_letter(add, reachable):
    add(reachable, jpeg(ALICE))

    (letter,) = mail.outbox
    assert letter.to == ["alice@example.org"]
    assert "1 photo of a face" in letter.body
    assert "tell the election office at once" in letter.body


def test_a_voter_without_an_address_is_told_on_the_site(add, alice, client):
    add(alice, jpeg(ALICE))
    client.force_login(alice)

    pages = [client.get(path).content.decode() for path in ("/elections/", "/account/")]

    assert not mail.outbox
    assert all(WARNING in page for page in pages)


def test_who_knows_of_it_is_told_no_more_until_the_next_photo(add, alice, client):
    add(alice, jpeg(ALICE))
    client.force_login(alice)

    answer = client.post(reverse("biometrics:notices-read"), {"next": "/elections/"}, follow=True)

    assert answer.request["PATH_INFO"] == "/elections/"
    assert WARNING not in answer.content.decode()
    add(alice, jpeg(ALICE, mark=1))
    assert WARNING in client.get("/elections/").content.decode()


def test_another_voter_is_not_told_and_reads_nothing_away(add, alice, bob, client):
    add(alice, jpeg(ALICE))
    client.force_login(bob)

    client.post(reverse("biometrics:notices-read"), {"next": "//evil.example"})

    assert WARNING not in client.get("/elections/").content.decode()
    assert unread_notices(alice).count() == 1


def test_a_refused_photo_is_no_news(add, reachable):
    add(reachable, jpeg(NOBODY))

    assert not mail.outbox
    assert not unread_notices(reachable).exists()


def test_only_the_photos_that_came_to_serve_are_counted(add, reachable, commits, registrar):
    with commits():
        for data in (jpeg(ALICE), jpeg(ALICE, mark=1), jpeg(BOB)):
            add_photo(reachable, data, registrar)

    assert [notice.photos for notice in unread_notices(reachable)] == [2]


def test_encoding_again_and_removing_are_no_news(add, reachable, commits, registrar):
    photo = add(reachable, jpeg(ALICE))
    other = add(reachable, jpeg(ALICE, mark=1))
    mail.outbox.clear()

    with commits():
        encode_again([photo])
    with commits():
        remove_photo(other, actor=registrar)

    assert not mail.outbox
    assert unread_notices(reachable).count() == 2


def test_erasing_what_was_enrolled_does_not_hide_that_it_was(add, alice, registrar):
    add(alice, jpeg(ALICE))

    erase_voter(alice, actor=registrar)

    assert not ReferencePhoto.objects.exists()
    assert unread_notices(alice).count() == 1


def test_a_letter_is_sent_once(add, reachable, now):
    add(reachable, jpeg(ALICE))
    notice = EnrolmentNotice.objects.get()

    notices.mail_notice(notice.pk)

    assert len(mail.outbox) == 1
    assert not unsent_notices(now=now + timedelta(hours=1))


def test_a_mail_server_that_is_down_gets_it_later(reachable, now, monkeypatch):
    notice = EnrolmentNotice.objects.create(user=reachable, photos=1, made_at=now)

    def down(*_args, **_kwargs):
        raise smtplib.SMTPServerDisconnected

    with monkeypatch.context() as broken:
        broken.setattr(notices, "send_mail", down)
        with pytest.raises(OSError):  # noqa: PT011  (of any kind: the mail server's or the net's)
            notices.send(notice.pk, now=now)
    later = now + timedelta(minutes=6)

    assert unsent_notices(now=later) == [notice.pk]
    notices.send(notice.pk, now=later)
    assert len(mail.outbox) == 1


def test_a_worker_killed_while_mailing_is_followed_by_another(reachable, now):
    notice = EnrolmentNotice.objects.create(
        user=reachable, photos=1, made_at=now, mail_claimed_at=now
    )

    notices.send(notice.pk, now=now + timedelta(seconds=30))
    assert not mail.outbox

    assert unsent_notices(now=now + timedelta(minutes=6)) == [notice.pk]
    notices.send(notice.pk, now=now + timedelta(minutes=6))
    assert len(mail.outbox) == 1
