"""Without a mail server, letters are kept, and shown only by a demonstration."""

from __future__ import annotations

import stat

import pytest
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from accounts.mail import outbox
from tests.support.people import person


@pytest.fixture
def kept(settings, tmp_path):
    settings.OUTBOX_DIR = tmp_path / "outbox"
    settings.EMAIL_BACKEND = "accounts.mail.outbox.OutboxBackend"
    return settings.OUTBOX_DIR


def send(subject="Hello", text="Dear Dora,\n\nhttps://x.org/set-password/abc/"):
    letter = EmailMultiAlternatives(subject, text, "a@x.org", ["dora@x.org"])
    letter.attach_alternative("<p>Dear Dora</p>", "text/html")
    assert letter.send() == 1


def test_a_letter_is_kept_as_it_would_have_arrived(kept):
    send()

    (letter,) = outbox.newest()
    assert (letter.to, letter.subject) == ("dora@x.org", "Hello")
    assert "https://x.org/set-password/abc/" in letter.text
    assert "<p>Dear Dora</p>" in letter.html


def test_nobody_else_on_the_machine_reads_it(kept):
    send()

    (file,) = kept.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700


def test_the_oldest_go(kept, monkeypatch):
    monkeypatch.setattr(outbox, "KEPT", 2)
    for subject in ("one", "two", "three"):
        send(subject)

    assert [letter.subject for letter in outbox.newest()] == ["three", "two"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("demonstration", "is_staff", "status"),
    [(True, True, 200), (True, False, 302), (False, True, 404)],
)
def test_only_officials_of_a_demonstration_see_it(
    kept, client, settings, demonstration, is_staff, status
):
    settings.DEMONSTRATION = demonstration
    client.force_login(person("somebody", is_staff=is_staff))
    send()

    assert client.get(reverse("admin:outbox")).status_code == status


@pytest.mark.django_db
def test_with_a_mail_server_there_is_no_page(client, settings):
    settings.DEMONSTRATION = True
    client.force_login(person("somebody", is_staff=True))

    assert client.get(reverse("admin:outbox")).status_code == 404
