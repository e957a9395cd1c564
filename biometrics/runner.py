"""Runs the engine off the event loop: a few threads, each with networks of its own.

Threads, not processes: the networks free the GIL, so two threads use two cores, share one copy of
the code and need no frame to be copied. A thread that hangs is left behind and others are started.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Generic, TypeVar

from django.conf import settings

from biometrics.engine import session as machine
from biometrics.engine.pad.cues import Course, bits
from biometrics.engine_loader import engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from biometrics.engine.session import Policy, Progress, State
    from biometrics.engine.types import Template
    from biometrics.protocol import FrameMessage

logger = logging.getLogger(__name__)

WARM_SECONDS = 60
# A frame takes some ten milliseconds, and loading the networks in a new thread under a second.
HANG_SECONDS = 10.0
LOOK_SECONDS = 0.5
Result = TypeVar("Result")


class EngineHung(Exception):
    """The engine did not come back from this piece of work."""


@cache
def threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(settings.ENGINE_THREADS, "engine")


def warm() -> None:
    """Load every thread's networks before the first voter comes; does not wait for it.

    A thread takes one of these and waits for the others, so that each has loaded its own.
    """
    ready = threading.Barrier(settings.ENGINE_THREADS)
    for _ in range(settings.ENGINE_THREADS):
        threads().submit(_load, ready)


def _load(ready: threading.Barrier) -> None:
    try:
        engine()
        # Counts the ways that cues are drawn from, which is kept.
        bits(Course(blinks=settings.CHALLENGE_BLINKS))
    except Exception:
        # The first frame meets the same fault and is answered "not verified, try again".
        logger.exception("The engine could not be loaded")
    with contextlib.suppress(threading.BrokenBarrierError):
        ready.wait(WARM_SECONDS)


@dataclass
class Job(Generic[Result]):
    """Work, and since when a thread is at it: waiting for a thread is not hanging."""

    work: Callable[[], Result]
    started: float | None = None

    def __call__(self) -> Result:
        self.started = time.monotonic()
        return self.work()

    def hangs(self, now: float) -> bool:
        return self.started is not None and now - self.started > HANG_SECONDS


async def run(work: Callable[[], Result]) -> Result:
    """Raises EngineHung for work that a thread does not come back from; others go on."""
    job, pool = Job(work), threads()
    future = asyncio.get_running_loop().run_in_executor(pool, job)
    while not future.done():
        await asyncio.wait({future}, timeout=LOOK_SECONDS)
        if not future.done() and job.hangs(time.monotonic()):
            _leave_behind(pool)
            raise EngineHung
    return await future


def _leave_behind(pool: ThreadPoolExecutor) -> None:
    """New work goes to new threads; what already waits is done by the old ones that still run."""
    if pool is not threads():
        return
    logger.critical("An engine thread hangs; new ones are started")
    threads.cache_clear()
    pool.shutdown(wait=False)


def judge(
    message: FrameMessage, state: State, reference: Template, *, now: float, policy: Policy
) -> tuple[State, Progress]:
    """One frame through the engine and the state machine; called in an engine thread."""
    loaded = engine()
    previous = state.face.box if state.face else None
    frame = loaded.process(
        message.jpeg, previous=previous, eyes=policy.sees_eyes, lit=state.needs_tint
    )
    comparison = loaded.compare(reference, frame.template) if frame.template else None
    digest = hashlib.sha256(message.jpeg).digest()
    judged = machine.JudgedFrame(
        frame, comparison, digest, step=message.step, sent=message.sent_ms / 1000
    )
    return machine.step(
        state,
        judged,
        now=now,
        policy=policy,
        fused=lambda probes: loaded.compare_fused(reference, probes),
    )
