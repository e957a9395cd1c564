"""What does not answer the cues, in numbers: through the state machine, with drawn heads.

    python benchmarks/unasked.py [--trials 500] [--replays 10000] [--json]

Every frame shows the right person, matches and passes for alive: the networks are left out, so
that only the movements and the watch over the stream stand in the way. `still`: one picture with
noise. `loop`: forty frames of a moving head, over and over. `film`: a head that moves as it likes.
`replay`: a session that was let in, sent again to sessions with seeds of their own.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from biometrics.engine import session as machine
from biometrics.engine.metrics import rate
from biometrics.engine.types import Comparison
from tests.biometrics.verification.heads import evidence, toward
from tests.support.scripted_engine import Head

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from biometrics.engine.session import Evidence, State

    Random = np.random.Generator

POLICY = machine.Policy(10, 110, pad_required=True, challenge=machine.Challenge.ALWAYS)
PACE = 0.2
# So many frames look at the camera before anything moves, or nothing would ever be asked.
LOOKING = 11


def still(rng: Random) -> list[Evidence]:
    first = evidence(int(rng.integers(2**31)))
    return [first] * LOOKING


def loop(rng: Random) -> list[Evidence]:
    return [*_looking(rng), *_wandering(rng, 40)]


def film(rng: Random) -> list[Evidence]:
    return [*_looking(rng), *_wandering(rng, 500)]


def _looking(rng: Random) -> list[Evidence]:
    return [evidence(int(rng.integers(2**31))) for _ in range(LOOKING)]


def _wandering(rng: Random, frames: int) -> list[Evidence]:
    """Turns to one place after another and stays there for a moment, as people do in talk."""
    heads: list[Head] = []
    yaw, pitch = 0.0, 0.0
    while len(heads) < frames:
        goal = rng.uniform(-45, 45), rng.uniform(-28, 28)
        for share in (0.5, 1.0, 1.0, 1.0, 1.0):
            size = float(rng.uniform(0.9, 1.5))
            heads.append(
                Head(yaw + (goal[0] - yaw) * share, pitch + (goal[1] - pitch) * share, size)
            )
        yaw, pitch = goal
    return [evidence(int(rng.integers(2**31)), head) for head in heads[:frames]]


MATERIAL: dict[str, Callable[[Random], list[Evidence]]] = {
    "still": still,
    "loop": loop,
    "film": film,
}


def recorded(seed: bytes) -> list[Evidence]:
    """The frames of a session that was let in."""
    state, frames = machine.begin(0.0, seed), []
    while state.verdict is None:
        shown = machine.on_show(state, POLICY, len(frames) * PACE)
        head = toward(shown.cue) if shown else Head()
        frames.append(evidence(len(frames), head))
        state = _step(state, frames[-1], len(frames))
    if not state.verdict.verified:
        raise RuntimeError("the session to be recorded was refused")
    return frames


def is_let_in(frames: Sequence[Evidence], seed: bytes) -> bool:
    """Played from the beginning and over again until there is a verdict."""
    state, number = machine.begin(0.0, seed), 0
    while state.verdict is None:
        state = _step(state, frames[number % len(frames)], number)
        number += 1
    return state.verdict.verified


def _step(state: State, frame: Evidence, number: int) -> State:
    """As the page would send it: numbered anew, with the step that it was shown."""
    sent = replace(frame, digest=str(number).encode(), step=state.step)
    return machine.step(
        state,
        sent,
        now=(number + 1) * PACE,
        policy=POLICY,
        fused=lambda _probes: Comparison(0.9, 0.5),
    )[0]


def measure(trials: int, replays: int, seed: int = 0) -> dict[str, dict[str, Any]]:
    rng = np.random.default_rng(seed)
    found = {
        name: _row(sum(is_let_in(make(rng), rng.bytes(32)) for _ in range(trials)), trials)
        for name, make in MATERIAL.items()
    }
    sessions = [recorded(rng.bytes(32)) for _ in range(min(replays, 50))]
    let_in = sum(
        is_let_in(sessions[number % len(sessions)], rng.bytes(32)) for number in range(replays)
    )
    return {**found, "replay": _row(let_in, replays)}


def _row(let_in: int, tried: int) -> dict[str, Any]:
    return {
        "tried": tried,
        "accepted": let_in,
        "upper_95": round(rate(let_in, tried).high, 5) if tried else 1.0,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--replays", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report = measure(options.trials, options.replays)
    if options.json:
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
        return
    for name, row in report.items():
        sys.stdout.write(
            f"{name:8}{row['tried']:>8} tried{row['accepted']:>6} let in"
            f"   at most {row['upper_95']:.3%}\n"
        )


if __name__ == "__main__":
    main()
