"""How many voters this process serves at once; the others wait in a line they can see."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MAX_WAITING_PER_PLACE = 5
SECONDS_BETWEEN_NEWS = 1.0


@dataclass(eq=False)
class Waiting:
    """One voter inside or in the line."""

    door: Door

    async def turns(self) -> AsyncIterator[int]:
        """Yields the place in the line until there is room, then ends."""
        while (number := self.door.place_of(self)) > 0:
            yield number
            await asyncio.sleep(SECONDS_BETWEEN_NEWS)

    def leave(self) -> None:
        if self in self.door.line:
            self.door.line.remove(self)


@dataclass(eq=False)
class Door:
    """The first `places` of the line are inside. Used from one event loop only."""

    places: int
    line: deque[Waiting] = field(default_factory=deque)

    def enter(self) -> Waiting | None:
        """A place inside or in the line; None where even the line is full."""
        if len(self.line) >= self.places * (1 + MAX_WAITING_PER_PLACE):
            return None
        waiting = Waiting(self)
        self.line.append(waiting)
        return waiting

    def place_of(self, waiting: Waiting) -> int:
        """0 for somebody inside, else the number in the line, from 1."""
        return max(0, self.line.index(waiting) - self.places + 1)


@cache
def door() -> Door:
    return Door(settings.MAX_SOCKETS)
