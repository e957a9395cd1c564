"""A real SMTP server on loopback, as a process of its own that can be killed.

It writes a letter down before it says that it has it, so nothing that was acknowledged is lost.
What it does with a letter follows from the receiver's address:

* `refused…@`: 550, no such mailbox.    * `later…@`: 451, try again.
* `unanswered…@`: takes the letter and closes the connection without an answer.
"""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
import json
import os
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from benchmarks.harness.places import ROOT

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

START_SECONDS = 30
PROGRAM = "from benchmarks.harness.mail_server import serve; serve({port}, {file!r})"


class _Handler:
    def __init__(self, file: str) -> None:
        self._arrivals = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address.startswith("refused"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later"):
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        content = base64.b64encode(envelope.content).decode()
        line = json.dumps({"to": envelope.rcpt_tos, "content": content}) + "\n"
        os.write(self._arrivals, line.encode())
        if envelope.rcpt_tos[0].startswith("unanswered"):
            server.transport.abort()
        return "250 OK"


def serve(port: int, file: str) -> None:
    """Serve until the process ends."""
    from aiosmtpd.smtp import SMTP

    async def run() -> None:
        handler = _Handler(file)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(handler, timeout=60), "127.0.0.1", port)
        await server.serve_forever()

    asyncio.run(run())


class MailServer:
    """`file` gets a line for each letter that arrived."""

    def __init__(self, file: Path, port: int) -> None:
        self.file, self.port = file, port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        program = PROGRAM.format(port=self.port, file=str(self.file))
        self._process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError("the mail server does not start")

    def kill(self) -> None:
        """As a power cut would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(20)
            self._process = None

    def arrivals(self) -> list[str]:
        """The receivers of all letters, in the order of their arrival."""
        return [line["to"][0] for line in self._lines()]

    def letters(self, to: str) -> list[EmailMessage]:
        """What arrived for one address, oldest first."""
        return [
            email.message_from_bytes(base64.b64decode(line["content"]), policy=email.policy.default)
            for line in self._lines()
            if line["to"][0] == to
        ]

    def _lines(self) -> list[dict[str, Any]]:
        if not self.file.exists():
            return []
        return [json.loads(line) for line in self.file.read_text().splitlines()]
