"""What this web server is doing for voters, and whether it was asked to end."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from biometrics.verification.protocol import Close

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, MutableMapping

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    Application = Callable[[Message, Receive, Send], Awaitable[None]]


class Work:
    """Counts what has begun and not ended. It is written to from the event loop only."""

    def __init__(self) -> None:
        self.is_ending = False
        self.requests = 0
        self._steps: list[Send] = []

    @property
    def steps(self) -> int:
        """How many sockets of face steps are open."""
        return len(self._steps)

    @contextmanager
    def request(self) -> Iterator[None]:
        self.requests += 1
        try:
            yield
        finally:
            self.requests -= 1

    @contextmanager
    def step(self, send: Send) -> Iterator[None]:
        self._steps.append(send)
        try:
            yield
        finally:
            self._steps.remove(send)

    async def close_steps(self) -> None:
        """Tell the pages of the face steps that are still open to begin elsewhere."""
        for send in list(self._steps):
            await send(closing())


def closing() -> Message:
    """The message that sends a page to another process: it asks for a ticket again."""
    return {"type": "websocket.close", "code": int(Close.FULL)}


work = Work()
