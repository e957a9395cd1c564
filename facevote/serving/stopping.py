"""Lets what voters have begun come to its end before the web server ends.

SIGTERM asks for the end. From then on `/-/ready` answers 503, so that proxies choose another
process, and no new face step begins here. All other requests are answered as usual: they are short.
The server ends as soon as no face step is open and the proxies have had time to notice, or when
STOP_SECONDS are over. A second SIGTERM ends it at once.
"""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import time
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.urls import reverse
from twisted.internet import reactor as twisted_reactor
from twisted.internet.tcp import Port

from facevote.serving.work import closing, work

if TYPE_CHECKING:
    from collections.abc import Callable

    from facevote.serving.work import Application, Message, Receive, Send

logger = logging.getLogger(__name__)
reactor: Any = twisted_reactor

# Proxies ask `/-/ready` every two seconds (deploy/).
NOTICE_SECONDS: Final = 5.0
LOOK_SECONDS: Final = 0.1
# For the last answers to leave, and for requests that were on their way when the door closed.
LAST_SECONDS: Final = 0.5
RETRY_AFTER_SECONDS: Final = 5
CODE: Final = "stopping"


def finishing(application: Application) -> Application:
    """Count what `application` works on, and let no face step begin once the end was asked for."""

    async def counted(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await _socket(application, scope, receive, send)
        elif work.is_ending and scope["path"] == reverse("biometrics:ticket"):
            await _refuse(send)
        else:
            with work.request():
                await application(scope, receive, send)

    return counted


def finish_before_stopping() -> None:
    """Have the web server end in this way, however it was started."""
    reactor.addSystemEventTrigger("after", "startup", _take_over)


async def _socket(application: Application, scope: Message, receive: Receive, send: Send) -> None:
    if not work.is_ending:
        with work.step(send):
            await application(scope, receive, send)
        return
    await receive()
    # Accepted first: a browser cannot see the close code of a socket that was never accepted.
    await send({"type": "websocket.accept"})
    await send(closing())


async def _refuse(send: Send) -> None:
    body = json.dumps({"code": CODE}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(RETRY_AFTER_SECONDS).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _take_over() -> None:
    """Replace the reactor's own answer to SIGTERM, which cancels all that is going on."""
    signal.signal(signal.SIGTERM, lambda *_: reactor.callFromThread(_asked_to_end))


# The event loop itself keeps only a weak reference to a task.
_tasks: set[asyncio.Task[None]] = set()


def _asked_to_end() -> None:
    if work.is_ending:
        reactor.stop()
        return
    work.is_ending = True
    logger.info("Asked to end while %d face steps are open", work.steps)
    _tasks.add(asyncio.ensure_future(_end()))


async def _end() -> None:
    begun = time.monotonic()
    until = begun + settings.STOP_SECONDS
    noticed = min(until, begun + NOTICE_SECONDS)
    await _wait_while(lambda: work.steps > 0 or time.monotonic() < noticed, until)
    for port in [reader for reader in reactor.getReaders() if isinstance(reader, Port)]:
        port.stopListening()  # type: ignore[no-untyped-call]
    await work.close_steps()
    await _wait_while(lambda: work.requests > 0, until)
    await asyncio.sleep(min(LAST_SECONDS, settings.STOP_SECONDS))
    reactor.stop()


async def _wait_while(is_busy: Callable[[], bool], until: float) -> None:
    """Wait, but not beyond `until`, a monotonic time."""
    while is_busy() and (left := until - time.monotonic()) > 0:  # noqa: ASYNC110 (many can end it)
        await asyncio.sleep(min(LOOK_SECONDS, left))
