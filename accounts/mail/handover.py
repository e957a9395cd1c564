"""Hands one message to the mail server, and says for sure what became of it, or that nobody knows.

Django's backends raise many kinds of errors. What matters to whoever sends a letter at most once is
whether it can have arrived.
"""

from __future__ import annotations

import smtplib
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused

from accounts.mail.outbox import OutboxBackend
from accounts.mail.smtp import SmtpBackend

if TYPE_CHECKING:
    from typing import Any

    from django.core.mail import EmailMessage

LONGEST_ANSWER: Final = 200
FOR_GOOD: Final = range(500, 600)


class Handover(StrEnum):
    SENT = "sent"
    # The server will not take it for this receiver, today or later.
    REFUSED = "refused"
    # It has certainly not arrived; the same message can be tried again.
    LATER = "later"
    # As LATER, but the next message would fail too: the server is away or takes nothing from us.
    SERVER_AWAY = "server-away"
    # The connection broke while the server had the message: it has arrived, or it has not.
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Answer:
    """`words` are those of the server. `message_id` is the one by which a bounce will name it."""

    outcome: Handover
    words: str = ""
    message_id: str = ""


def hand_over(connection: Any, message: EmailMessage) -> Answer:
    """Send through a connection, which is opened if need be and then stays open.

    Raises nothing that a mail server can cause.
    """
    try:
        connection.open()
    except OSError as error:
        return _answer(Handover.SERVER_AWAY, error)
    try:
        connection.send_messages([message])
    except smtplib.SMTPException as error:
        return _after_smtp(connection, error)
    except AnymailRecipientsRefused as error:
        return _answer(Handover.REFUSED, error)
    except AnymailAPIError as error:
        return _after_provider(error)
    except ValueError as error:
        # An address or a header that cannot be written: BadHeaderError, UnicodeError and others.
        return _answer(Handover.REFUSED, error)
    except OSError as error:
        return _after_break(connection, error)
    return Answer(Handover.SENT, message_id=_id_of(message))


def _after_smtp(connection: Any, error: smtplib.SMTPException) -> Answer:
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, words = next(iter(error.recipients.values()))
            outcome = Handover.REFUSED if code in FOR_GOOD else Handover.LATER
            return Answer(outcome, _shown(code, words))
        case smtplib.SMTPServerDisconnected():
            return _after_break(connection, error)
        case smtplib.SMTPSenderRefused() | smtplib.SMTPAuthenticationError():
            return Answer(Handover.SERVER_AWAY, _shown(error.smtp_code, error.smtp_error))
        case smtplib.SMTPDataError():
            outcome = Handover.REFUSED if error.smtp_code in FOR_GOOD else Handover.LATER
            return Answer(outcome, _shown(error.smtp_code, error.smtp_error))
        case smtplib.SMTPNotSupportedError():
            return _answer(Handover.REFUSED, error)
        case _:
            return _after_break(connection, error)


def _after_break(connection: Any, error: OSError) -> Answer:
    """The connection is closed, so that the next message opens a new one."""
    if isinstance(connection, SmtpBackend):
        unsafe = getattr(connection.connection, "may_have_arrived", True)
    else:
        # The outbox writes whole files or none.
        unsafe = not isinstance(connection, OutboxBackend)
    with suppress(OSError, smtplib.SMTPException):
        connection.close()
    return _answer(Handover.UNCERTAIN if unsafe else Handover.SERVER_AWAY, error)


def _after_provider(error: AnymailAPIError) -> Answer:
    status = getattr(error, "status_code", None)
    if status is None:
        # No answer: the request may have been worked off.
        return _answer(Handover.UNCERTAIN, error)
    return _answer(Handover.REFUSED if status in {400, 422} else Handover.SERVER_AWAY, error)


def _id_of(message: EmailMessage) -> str:
    """The provider's number of the message where there is one, else its own Message-ID."""
    status = getattr(message, "anymail_status", None)
    number = getattr(status, "message_id", None)
    return str(number or message.extra_headers.get("Message-ID", ""))


def _answer(outcome: Handover, error: BaseException) -> Answer:
    return Answer(outcome, f"{type(error).__name__}: {error}"[:LONGEST_ANSWER])


def _shown(code: object, words: object) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return f"{code} {' '.join(text.split())}"[:LONGEST_ANSWER]
