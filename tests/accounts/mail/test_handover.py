"""What became of a letter, told by a real SMTP server and by the ways in which one can break."""

from __future__ import annotations

import pytest
from django.core.mail import EmailMessage, get_connection

from accounts.mail.handover import Handover, hand_over
from tests.support.mail import mail_server, send_by
from tests.support.ports import free_port


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with mail_server(tmp_path_factory.mktemp("mail")) as server:
        yield server


def letter(to):
    return EmailMessage("Hello", "Text", "from@example.org", [to], headers={"Message-ID": "<1@x>"})


@pytest.mark.parametrize(
    ("to", "outcome"),
    [
        ("anna@example.org", Handover.SENT),
        ("refused@example.org", Handover.REFUSED),
        ("later@example.org", Handover.LATER),
        ("unanswered@example.org", Handover.UNCERTAIN),
        ("two\nlines@example.org", Handover.REFUSED),
    ],
)
def test_each_answer_of_the_server_is_told_apart(server, settings, to, outcome):
    send_by(server, settings)

    answer = hand_over(get_connection(), letter(to))

    assert answer.outcome is outcome


def test_one_connection_serves_on_after_any_answer(server, settings):
    send_by(server, settings)
    connection = get_connection()
    receivers = ["anna", "refused", "berta", "later", "cleo", "unanswered", "dora"]

    outcomes = [hand_over(connection, letter(f"{to}@again.org")).outcome for to in receivers]

    assert [str(outcome) for outcome in outcomes] == [
        *("sent", "refused", "sent", "later", "sent", "uncertain", "sent")
    ]
    arrived = [to for to in server.arrivals() if to.endswith("@again.org")]
    assert arrived == [
        *("anna@again.org", "berta@again.org", "cleo@again.org"),
        *("unanswered@again.org", "dora@again.org"),
    ]


def test_a_server_that_is_away_has_certainly_nothing(settings):
    settings.EMAIL_BACKEND = "accounts.mail.smtp.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()

    answer = hand_over(get_connection(), letter("anna@example.org"))

    assert answer.outcome is Handover.SERVER_AWAY


def test_the_words_of_the_server_and_the_number_of_the_letter_are_kept(server, settings):
    send_by(server, settings)
    connection = get_connection()

    assert hand_over(connection, letter("refused@x.org")).words == "550 5.1.1 no such mailbox"
    assert hand_over(connection, letter("anna@x.org")).message_id == "<1@x>"
