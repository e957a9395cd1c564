"""Runs the engine off the event loop: a few threads, each with networks of its own."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings

from biometrics.engine import session as machine
from biometrics.engine_loader import engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from biometrics.engine.session import Policy, Progress, State
    from biometrics.engine.types import Template
    from biometrics.protocol import FrameMessage

logger = logging.getLogger(__name__)

WARM_SECONDS = 60
Result = TypeVar("Result")


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
    except Exception:
        # The first frame meets the same fault and is answered "not verified, try again".
        logger.exception("The engine could not be loaded")
    with contextlib.suppress(threading.BrokenBarrierError):
        ready.wait(WARM_SECONDS)


async def run(work: Callable[[], Result]) -> Result:
    return await asyncio.get_running_loop().run_in_executor(threads(), work)


def judge(
    message: FrameMessage, state: State, reference: Template, *, now: float, policy: Policy
) -> tuple[State, Progress]:
    """One frame through the engine and the state machine; called in an engine thread."""
    loaded = engine()
    frame = loaded.process(message.jpeg, previous=state.face.box if state.face else None)
    comparison = loaded.compare(reference, frame.template) if frame.template else None
    digest = hashlib.sha256(message.jpeg).digest()
    evidence = machine.Evidence(
        frame, comparison, digest, step=message.step, sent=message.sent_ms / 1000
    )
    return machine.step(
        state,
        evidence,
        now=now,
        policy=policy,
        fused=lambda probes: loaded.compare_fused(reference, probes),
    )
