"""Mail in tests: a real SMTP server, and what is in its letters."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.harness.mail_server import MailServer
from tests.support.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django import Settings


@contextmanager
def mail_server(folder: Path) -> Iterator[MailServer]:
    server = MailServer(folder / "arrivals.jsonl", free_port())
    server.start()
    try:
        yield server
    finally:
        server.kill()


def send_by(server: MailServer, settings: Settings) -> None:
    """The site of this test hands its mail to this server."""
    settings.EMAIL_BACKEND = "accounts.mail.smtp.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.MAIL_PER_SECOND = 0


def link_in(text: object) -> str:
    """The path of the one-time link in a letter."""
    found = re.search(r"https?://[^/\s]+(/(?:set-password|confirm-address)/\S+)", str(text))
    assert found, text
    return found.group(1)
