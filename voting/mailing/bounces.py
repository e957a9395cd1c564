"""Letters that came back: told by a provider, or found in the mailbox of the sender's address."""

from __future__ import annotations

import email
import email.policy
from email.message import Message
from typing import TYPE_CHECKING, Any, Final

from voting.models import Mail, MailState

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST: Final = 200
TOLD: Final = {"bounced", "rejected", "failed"}


def note_bounce(message_id: str, words: str) -> bool:
    """Mark the letter with this Message-ID as bounced. False if there is none.

    Nobody can guess a Message-ID, so a message that names one comes from somebody who had it.
    """
    if not message_id:
        return False
    arrived = [MailState.SENT, MailState.SENDING, MailState.UNCERTAIN]
    sent = Mail.objects.filter(message_id=message_id, state__in=arrived)
    answer = " ".join(words.split())[:LONGEST]
    known = Mail.objects.filter(message_id=message_id, state=MailState.BOUNCED)
    return bool(sent.update(state=MailState.BOUNCED, answer=answer)) or known.exists()


def bounces_in(content: bytes) -> Iterator[tuple[str, str]]:
    """The Message-ID and the reason of each letter that a delivery report (RFC 3464) gives up.

    Reports of a delay, and mail of other kinds, give nothing.
    """
    parsed = email.message_from_bytes(content, policy=email.policy.compat32)
    if parsed.get_content_type() != "multipart/report":
        return
    reasons = list(_failures(parsed))
    number = _original_id(parsed)
    if reasons and number:
        yield number, reasons[0]


def note_told(sender: object, event: Any, **_: object) -> None:
    """The receiver of django-anymail's signal: a provider tells what became of a letter."""
    if event.event_type in TOLD:
        words = event.description or event.reject_reason or event.event_type
        note_bounce(str(event.message_id or ""), str(words))


def _failures(report: Message) -> Iterator[str]:
    for part in report.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in part.get_payload():
            if isinstance(fields, Message) and str(fields.get("Action", "")).lower() == "failed":
                yield str(fields.get("Diagnostic-Code") or fields.get("Status") or "bounced")


def _original_id(report: Message) -> str:
    """From the returned letter, or its returned headers."""
    for part in report.walk():
        if part.get_content_type() == "message/rfc822":
            for inner in part.get_payload():
                if isinstance(inner, Message) and inner.get("Message-ID"):
                    return str(inner["Message-ID"]).strip()
        elif part.get_content_type() == "text/rfc822-headers":
            body = part.get_payload(decode=True)
            headers = email.message_from_bytes(body if isinstance(body, bytes) else b"")
            if headers.get("Message-ID"):
                return str(headers["Message-ID"]).strip()
    return ""
