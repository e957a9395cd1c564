"""Measures how late the event loop is: a late one delays every voter of this process."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from facevote.metrics.measures import LOOP_LAG

PAUSE_SECONDS: Final = 0.25


async def measure_loop_lag() -> None:
    """Measure for ever."""
    while True:
        asked = time.monotonic()
        await asyncio.sleep(PAUSE_SECONDS)
        LOOP_LAG.observe(max(0.0, time.monotonic() - asked - PAUSE_SECONDS))
