"""Limits how much a stranger can send, before anything of it is kept or the application runs.

Daphne's own request takes any number of bytes, writes them into the temporary folder and parses
forms on the event loop. This one refuses by path, and keeps what it takes in memory.
"""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from typing import Any

from daphne import http_protocol
from django.conf import settings
from django.template.loader import render_to_string

from facevote.serving.work import work

KIB, MIB = 1024, 1024 * 1024
# What a form adds to the file in it.
FORM = 64 * KIB
PHOTO = 8 * MIB + FORM
# A roll of 40 MiB, or a contest with the pictures of all its choices.
OFFICIALS = settings.FILE_UPLOAD_MAX_MEMORY_SIZE
LIMITS: list[tuple[re.Pattern[bytes], int]] = [
    (re.compile(rb"/admin/"), OFFICIALS),
    (re.compile(rb"/api/elections/[^/]+/roll/?$"), OFFICIALS),
    (re.compile(rb"/api/voters/[^/]+/photos/?$"), PHOTO),
    (re.compile(rb"/enrolment/(\d+/photos|collect/picture)$"), PHOTO),
]
# All bodies that this process holds at one time. Small ones are always taken.
TOGETHER = 256 * MIB
SMALL = 64 * KIB
# A browser reads an answer only when it has sent what it wanted to send, or some more of it.
LINGER_SECONDS = 2.0


def limit_for(path: bytes) -> int:
    """How many bytes a request to this path may have."""
    for pattern, limit in LIMITS:
        if pattern.match(path):
            return limit
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE) + FORM


class LimitedRequest(http_protocol.WebRequest):  # type: ignore[misc]
    """Refuses a body that is too large: at its header if that tells the length, else on the way."""

    held_together = 0

    def __init__(self, channel: Any, *args: Any) -> None:
        super().__init__(channel, *args, parsePOSTFormSubmission=False)
        self.held = 0
        self.limit = 0
        self.refused = False

    def gotLength(self, length: int | None) -> None:  # noqa: N802  (Twisted's name)
        """Called when all headers are in; `length` is None where they do not tell it."""
        self.content = BytesIO()
        self.limit = limit_for(self.channel._path.split(b"?", 1)[0])
        if length is not None and length > self.limit:
            self._refuse(413)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        if self.refused:
            return
        if self.held + len(data) > self.limit:
            self._refuse(413)
        elif self.held > SMALL and LimitedRequest.held_together + len(data) > TOGETHER:
            self._refuse(503)
        else:
            self._hold(len(data))
            self.content.write(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802
        if self.refused:
            self._end()
        else:
            if work.is_ending:
                # A proxy must not keep this connection for the next voter.
                self.channel.persistent = False
                self.responseHeaders.setRawHeaders(b"Connection", [b"close"])
            super().requestReceived(command, path, version)

    def connectionLost(self, reason: Any) -> None:  # noqa: N802
        self._hold(-self.held)
        super().connectionLost(reason)

    def finish(self) -> None:
        self._hold(-self.held)
        super().finish()

    def _hold(self, more: int) -> None:
        self.held += more
        LimitedRequest.held_together += more

    def _refuse(self, status: int) -> None:
        """Answer now, and drop what is still coming."""
        self._hold(-self.held)
        self.refused, self.content = True, BytesIO()
        channel = self.channel
        self.method, self.uri, self.clientproto = channel._command, channel._path, channel._version
        self.requestHeaders.removeHeader(b"Expect")
        page = _page(status)
        self.setResponseCode(status)
        for name, value in (
            (b"Content-Type", b"text/html; charset=utf-8"),
            (b"Content-Length", str(len(page)).encode()),
            (b"Connection", b"close"),
            (b"Cache-Control", b"no-store"),
        ):
            self.responseHeaders.setRawHeaders(name, [value])
        self.write(page)
        channel.persistent = False
        channel.callLater(LINGER_SECONDS, self._end)

    def _end(self) -> None:
        if self.channel is not None and not self.finished:
            self.finish()


@cache
def _page(status: int) -> bytes:
    return render_to_string(f"{status}.html").encode()


def limit_bodies() -> None:
    """Have daphne take requests in this way, however it was started."""
    http_protocol.WebRequest = LimitedRequest
