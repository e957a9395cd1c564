"""Runs the engine in a few threads beside the event loop; each thread has its own networks.

They are threads and not processes, because the networks release the GIL: two threads use two
cores, and no frame has to be copied to another process. If a thread hangs, it is left behind and
new threads are started.
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
from django.dispatch import Signal

from biometrics.engine import session as machine
from biometrics.engine.pad.cues import Course, bits
from biometrics.engine_loader import engine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from biometrics.engine.frame_message import FrameMessage
    from biometrics.engine.session import Policy, Progress, State
    from biometrics.engine.types import Comparison, FrameResult, Template

logger = logging.getLogger(__name__)

WARM_SECONDS = 60
# A frame takes about ten milliseconds, and loading the networks in a new thread takes less than a
# second. Work that takes longer than this hangs.
HANG_SECONDS = 10.0
# How often work is checked for hanging.
LOOK_SECONDS = 0.5
Result = TypeVar("Result")
# Sent in an engine thread after each frame that was judged, with the `seconds` that it took.
frame_judged = Signal()


class EngineHung(Exception):
    """The engine did not finish this piece of work in HANG_SECONDS."""


@cache
def threads() -> ThreadPoolExecutor:
    """Return the engine's threads of this process."""
    return ThreadPoolExecutor(settings.ENGINE_THREADS, "engine")


def warm() -> None:
    """Have every thread load its networks before the first voter comes, without waiting for it.

    Each thread loads and then waits for the others. Without that, one quick thread could take
    all of the jobs.
    """
    ready = threading.Barrier(settings.ENGINE_THREADS)
    for _ in range(settings.ENGINE_THREADS):
        threads().submit(_load, ready)


def _load(ready: threading.Barrier) -> None:
    try:
        engine()
        # This counts the orders of cues that can be drawn; the result is cached.
        bits(Course(blinks=settings.CHALLENGE_BLINKS))
    except Exception:
        # The first frame will fail in the same way, and its voter is asked to try again.
        logger.exception("The engine could not be loaded")
    with contextlib.suppress(threading.BrokenBarrierError):
        ready.wait(WARM_SECONDS)


@dataclass
class Job(Generic[Result]):
    """A piece of work. `started` is when a thread began: waiting for a thread is not hanging."""

    work: Callable[[], Result]
    started: float | None = None

    def __call__(self) -> Result:
        self.started = time.monotonic()
        return self.work()

    def hangs(self, now: float) -> bool:
        """Say whether a thread has been at it for too long; `now` is a monotonic time."""
        return self.started is not None and now - self.started > HANG_SECONDS


async def run(work: Callable[[], Result]) -> Result:
    """Run `work` in an engine thread and return its result; its exceptions are raised here.

    Raises EngineHung if it does not finish. Other work goes on in new threads.
    """
    job, pool = Job(work), threads()
    future = asyncio.get_running_loop().run_in_executor(pool, job)
    while not future.done():
        await asyncio.wait({future}, timeout=LOOK_SECONDS)
        if not future.done() and job.hangs(time.monotonic()):
            _leave_behind(pool)
            raise EngineHung
    return await future


def _leave_behind(pool: ThreadPoolExecutor) -> None:
    """Start new threads for new work. Waiting work is done by the old threads that still run."""
    if pool is not threads():
        return
    logger.critical("An engine thread hangs; new ones are started")
    threads.cache_clear()
    pool.shutdown(wait=False)


@dataclass(slots=True)
class KnownFace:
    """What the frames of one face step are compared with: a voter's reference.

    Where a voter takes the first photos there is none. Then it is the first good frame of this
    very face step, so that all of them show one and the same person. Not safe to share between
    threads.
    """

    template: Template | None = None

    def known(self) -> Template:
        """Raises ValueError if there is nothing to compare with yet."""
        if self.template is None:
            raise ValueError("no face is known yet")
        return self.template

    def learn(self, frame: FrameResult, *, pad_required: bool) -> None:
        """Take the face of a first frame that is fit to be compared and bona fide."""
        alive = frame.pad is not None and frame.pad.bona_fide
        if self.template is None and frame.quality.acceptable and (alive or not pad_required):
            self.template = frame.template


def judge(
    message: FrameMessage, state: State, known: KnownFace, *, now: float, policy: Policy
) -> tuple[State, Progress]:
    """Take one frame through the engine and the state machine; called in an engine thread.

    Return the new state and what to tell the page. Raises ImageRefused if the message holds no
    acceptable frame.
    """
    loaded, begun = engine(), time.perf_counter()
    previous = state.face.box if state.face else None
    frame = loaded.process(
        message.jpeg, previous=previous, eyes=policy.sees_eyes, lit=state.needs_tint
    )
    known.learn(frame, pad_required=policy.pad_required)
    # Before a face is known a frame is compared with itself, so that an attack counts as one.
    reference = known.template or frame.template
    comparison = None
    if reference is not None and frame.template is not None:
        comparison = loaded.compare(reference, frame.template)

    def fused(probes: Sequence[Template]) -> Comparison:
        return loaded.compare_fused(known.known(), probes)

    digest = hashlib.sha256(message.jpeg).digest()
    judged = machine.JudgedFrame(
        frame, comparison, digest, step=message.step, sent=message.sent_ms / 1000
    )
    answer = machine.step(
        state,
        judged,
        now=now,
        policy=policy,
        fused=fused,
    )
    frame_judged.send(sender=None, seconds=time.perf_counter() - begun)
    return answer
