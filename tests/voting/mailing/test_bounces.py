"""Letters that come back: delivery reports, and what providers tell."""

from __future__ import annotations

import mailbox
from email.message import EmailMessage
from types import SimpleNamespace

import pytest
from anymail.signals import tracking
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.support.polls import club
from voting.mailing import ordering
from voting.mailing.bounces import bounces_in
from voting.models import Audience, Mail, MailKind, MailState

NUMBER = "<abcdefghijklmnopqrstuv@example.org>"
REPORT = """From: MAILER-DAEMON@mail.example.org
To: office@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The mail could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; dora@example.org
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such
 user

--b
Content-Type: {returned}

Message-ID: {number}
To: dora@example.org
Subject: Your invitation

--b--
"""


def report(action="failed", returned="text/rfc822-headers", number=NUMBER):
    return REPORT.format(action=action, returned=returned, number=number).encode()


@pytest.fixture
def sent(db):
    poll = club("bounced", voters=1)
    mailing = ordering.order(
        poll.election,
        MailKind.INVITATION,
        Audience.ALL,
        actor=poll.official,
        site="https://x.org",
        now=timezone.now(),
    )
    return Mail.objects.create(
        mailing=mailing, entry=poll.entry(), state=MailState.SENT, message_id=NUMBER
    )


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
def test_a_report_names_the_letter_and_the_reason(returned):
    ((number, words),) = bounces_in(report(returned=returned))

    assert number == NUMBER
    assert "no such" in words


@pytest.mark.parametrize(
    "content",
    [
        report(action="delayed"),
        report(number=""),
        b"",
        b"\xff\x00 not mail at all",
        b"Subject: I am away\n\nMessage-ID: " + NUMBER.encode(),
    ],
)
def test_a_delay_and_other_mail_say_nothing(content):
    assert list(bounces_in(content)) == []


@given(st.binary(max_size=400), st.integers(0, 700))
def test_no_message_makes_the_reader_fail(noise, place):
    whole = report()
    list(bounces_in(whole[:place] + noise + whole[place:]))
    list(bounces_in(noise))


def boxed(tmp_path, kind, *contents):
    path = tmp_path / "box"
    box = mailbox.Maildir(path) if kind == "maildir" else mailbox.mbox(path)
    for content in contents:
        box.add(content)
    box.flush()
    return str(path)


@pytest.mark.parametrize("kind", ["maildir", "mbox"])
def test_the_command_reads_a_mailbox_and_may_read_it_again(sent, tmp_path, kind, capsys):
    other = EmailMessage()
    other["Subject"] = "Hello"
    other.set_content("Hello")
    box = boxed(tmp_path, kind, report(), other.as_bytes(), report(number="<other@x.org>"))

    for _ in range(2):
        call_command("read_bounces", box)

    sent.refresh_from_db()
    assert sent.state == MailState.BOUNCED
    assert sent.answer == "smtp; 550 5.1.1 no such user"
    line = "3 messages read, 1 letters came back, 1 reports of other letters."
    assert capsys.readouterr().out.splitlines() == [line, line]


def test_a_mailbox_that_is_not_there_is_named(db, tmp_path):
    with pytest.raises(CommandError, match="no such mailbox"):
        call_command("read_bounces", str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("event", "state"),
    [("bounced", MailState.BOUNCED), ("rejected", MailState.BOUNCED), ("opened", MailState.SENT)],
)
def test_a_provider_tells_it_by_its_signal(sent, event, state):
    told = SimpleNamespace(
        event_type=event, message_id=NUMBER, description="gone", reject_reason=None
    )

    tracking.send(sender=object, event=told, esp_name="Test")

    sent.refresh_from_db()
    assert sent.state == state
