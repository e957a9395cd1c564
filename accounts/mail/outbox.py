"""Mail that is kept in a folder instead of being sent, for sites without a mail server.

Links in these letters work. So the folder is as secret as a mailbox: only the site's own user can
read it, and only a demonstration shows it to officials.
"""

from __future__ import annotations

import email
import email.policy
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

if TYPE_CHECKING:
    from collections.abc import Sequence
    from email.message import EmailMessage as ParsedMessage
    from pathlib import Path

    from django.core.mail import EmailMessage

KEPT: Final = 2000
SHOWN: Final = 100
SUFFIX: Final = ".eml"


class OutboxBackend(BaseEmailBackend):
    """Writes each message to a file of its own. The oldest go when there are too many."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._folder: Path = settings.OUTBOX_DIR

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Raises OSError if a file cannot be written."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            self._write(message.message().as_bytes())
        self._forget_oldest()
        return len(email_messages)

    def _write(self, content: bytes) -> None:
        name = f"{time.time_ns():020}-{secrets.token_hex(4)}"
        draft = self._folder / f".{name}"
        draft.touch(mode=0o600)
        draft.write_bytes(content)
        draft.replace(self._folder / f"{name}{SUFFIX}")

    def _forget_oldest(self) -> None:
        for path in sorted(self._folder.glob(f"*{SUFFIX}"))[:-KEPT]:
            path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """One letter as it would have arrived."""

    name: str
    to: str
    subject: str
    date: str
    text: str
    html: str


def is_used() -> bool:
    """Whether this site keeps its mail instead of sending it."""
    return str(settings.EMAIL_BACKEND).endswith(OutboxBackend.__name__)


def newest() -> list[KeptMessage]:
    """The letters that were kept last, the newest first."""
    paths = sorted(settings.OUTBOX_DIR.glob(f"*{SUFFIX}"), reverse=True)
    return [_read(path) for path in paths[:SHOWN]]


def _read(path: Path) -> KeptMessage:
    parsed = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return KeptMessage(
        name=path.stem,
        to=str(parsed["To"]),
        subject=str(parsed["Subject"]),
        date=str(parsed["Date"]),
        text=_part(parsed, "plain"),
        html=_part(parsed, "html"),
    )


def _part(parsed: ParsedMessage, kind: str) -> str:
    part = parsed.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""
