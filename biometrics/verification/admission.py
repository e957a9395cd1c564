"""Limits how many voters this process judges at once. The others wait, and see their place."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

# The line holds five voters for each place inside; more are sent away.
MAX_WAITING_PER_PLACE = 5
SECONDS_BETWEEN_NEWS = 1.0


@dataclass(eq=False)
class Waiting:
    """One voter, inside or in the line."""

    door: Door

    async def turns(self) -> AsyncIterator[int]:
        """Yield the place in the line about once a second, until there is room inside.

        Raises ValueError if the voter has left.
        """
        while (number := self.door.place_of(self)) > 0:
            yield number
            await asyncio.sleep(SECONDS_BETWEEN_NEWS)

    def leave(self) -> None:
        """Give the place up; the next voter in the line moves inside."""
        if self in self.door.line:
            self.door.line.remove(self)


@dataclass(eq=False)
class Door:
    """A line of voters, of whom the first `places` are inside. Used from one event loop only."""

    places: int
    line: deque[Waiting] = field(default_factory=deque)

    def enter(self) -> Waiting | None:
        """Join the line; None if the line is full as well."""
        if len(self.line) >= self.places * (1 + MAX_WAITING_PER_PLACE):
            return None
        waiting = Waiting(self)
        self.line.append(waiting)
        return waiting

    def place_of(self, waiting: Waiting) -> int:
        """Return 0 for a voter inside, and from 1 on the place in the line.

        Raises ValueError if the voter has left.
        """
        return max(0, self.line.index(waiting) - self.places + 1)


@cache
def door() -> Door:
    """Return the door of this process."""
    return Door(settings.MAX_SOCKETS)
