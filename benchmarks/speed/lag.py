"""The site's ASGI application, and beside it a clock that measures how late the event loop runs.

benchmarks.speed.load serves it instead of facevote.asgi. The figures go to the file LAG_FILE.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path
from typing import Any

from facevote.asgi import application as site

INTERVAL = 0.01
WRITE_EVERY = 100
_clock: asyncio.Task[None] | None = None


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The site's own application; the first request starts the clock."""
    global _clock
    if _clock is None:
        _clock = asyncio.create_task(_watch(Path(os.environ["LAG_FILE"])))
    await site(scope, receive, send)


async def _watch(file: Path) -> None:
    """Milliseconds by which each short sleep ended too late."""
    late: list[float] = []
    while True:
        due = time.perf_counter() + INTERVAL
        await asyncio.sleep(INTERVAL)
        late.append(round((time.perf_counter() - due) * 1000, 3))
        if len(late) % WRITE_EVERY == 0:
            _write(file, late)


def _write(file: Path, late: list[float]) -> None:
    file.write_text(json.dumps(late), encoding="utf-8")
