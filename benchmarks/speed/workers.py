"""One engine for each core: as threads of one process, or as processes?

Run by `python -m benchmarks.speed.engine --workers`.

Both layouts start in fresh processes, load every engine and begin at the same time. They are run
in turn, so that the drift of a shared machine affects both. Memory is the kernel's proportional
set size (PSS): a page that several processes share, such as a mapped file, is counted once.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biometrics.engine.pipeline import Engine

if TYPE_CHECKING:
    from multiprocessing.queues import Queue
    from multiprocessing.synchronize import Barrier

ROUNDS = 2
LOAD_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Work:
    frames: list[bytes]
    models_dir: Path
    encoder: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Done:
    frames: int
    computed_seconds: float
    memory_mb: float


@dataclass(frozen=True, slots=True)
class Layout:
    processes: int
    threads: int


def compare(work: Work, workers: int) -> dict[str, Any]:
    """Figures of each layout, by its name. Each layout runs for `work.seconds` in all."""
    layouts = {"threads": Layout(1, workers), "processes": Layout(workers, 1)}
    part = Work(work.frames, work.models_dir, work.encoder, work.seconds / ROUNDS)
    parts: dict[str, list[Done]] = {name: [] for name in layouts}
    for _ in range(ROUNDS):
        for name, layout in layouts.items():
            parts[name].append(_run(part, layout))
    return {name: _figures(done, work.seconds) for name, done in parts.items()}


def _figures(parts: list[Done], seconds: float) -> dict[str, float]:
    frames = sum(part.frames for part in parts)
    return {
        "frames_per_second": round(frames / seconds, 1),
        "computed_ms_per_frame": round(
            1000 * sum(part.computed_seconds for part in parts) / max(1, frames), 2
        ),
        "memory_mb": round(max(part.memory_mb for part in parts), 1),
    }


def _run(work: Work, layout: Layout) -> Done:
    spawn = multiprocessing.get_context("spawn")
    results: Queue[Done] = spawn.Queue()
    together = spawn.Barrier(layout.processes)
    arguments = (work, layout.threads, together, results)
    children = [spawn.Process(target=_process, args=arguments) for _ in range(layout.processes)]
    for child in children:
        child.start()
    parts = [results.get(timeout=LOAD_SECONDS + work.seconds) for _ in children]
    for child in children:
        child.join()
    return Done(
        sum(part.frames for part in parts),
        sum(part.computed_seconds for part in parts),
        sum(part.memory_mb for part in parts),
    )


def _process(work: Work, threads: int, together: Barrier, results: Queue[Done]) -> None:
    engines = [Engine.load(work.models_dir, encoder=work.encoder) for _ in range(threads)]
    for engine in engines:
        engine.process(work.frames[0])
    counts = [0] * threads
    together.wait(LOAD_SECONDS)
    computed, until = time.process_time(), time.perf_counter() + work.seconds

    def judge(place: int) -> None:
        while time.perf_counter() < until:
            engines[place].process(work.frames[counts[place] % len(work.frames)])
            counts[place] += 1

    running = [threading.Thread(target=judge, args=(place,)) for place in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    done = Done(sum(counts), time.process_time() - computed, _memory_mb())
    together.wait(LOAD_SECONDS)  # the others still share what this one counted
    results.put(done)


def _memory_mb() -> float:
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))
