"""How often material that does not follow the cues gets in: through the state machine alone.

    python -m benchmarks.attacks.unasked [--trials 500] [--replays 10000] [--json]

Every frame shows the right person, matches and counts as bona fide: the networks are left out, so
that only the movements and the watch over the stream can refuse. Heads are drawn.

still    one picture with noise
loop     forty frames of a moving head, over and over
film     a head that moves as it likes
replay   a session that was let in, sent again to sessions with other seeds
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.harness import figures
from benchmarks.harness.ledger import accepted_row
from biometrics.engine import session as machine
from biometrics.engine.pad.movements import ShownCue
from biometrics.engine.types import Comparison
from tests.biometrics.engine.session.heads import head_frame, toward
from tests.support.scripted_engine import Head

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from biometrics.engine.session import JudgedFrame, State

    Random = np.random.Generator

POLICY = machine.Policy(10, 110, pad_required=True, challenge=machine.Challenge.ALWAYS)
PACE = 0.2
# So many frames look at the camera first: until then no movement is asked for.
LOOKING = 11


def still(rng: Random) -> list[JudgedFrame]:
    """One frame, many times."""
    first = head_frame(int(rng.integers(2**31)))
    return [first] * LOOKING


def loop(rng: Random) -> list[JudgedFrame]:
    """A short film, to be played over and over."""
    return [*_looking(rng), *_wandering(rng, 40)]


def film(rng: Random) -> list[JudgedFrame]:
    """A film that is longer than a session."""
    return [*_looking(rng), *_wandering(rng, 500)]


def _looking(rng: Random) -> list[JudgedFrame]:
    return [head_frame(int(rng.integers(2**31))) for _ in range(LOOKING)]


def _wandering(rng: Random, frames: int) -> list[JudgedFrame]:
    """A head that turns to one place after another and stays a moment, as in a conversation."""
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
    return [head_frame(int(rng.integers(2**31)), head) for head in heads[:frames]]


MATERIAL: dict[str, Callable[[Random], list[JudgedFrame]]] = {
    "still": still,
    "loop": loop,
    "film": film,
}


def recorded(seed: bytes) -> list[JudgedFrame]:
    """The frames of a session that was let in. RuntimeError if it was refused."""
    state = machine.begin(0.0, seed)
    frames: list[JudgedFrame] = []
    while state.verdict is None:
        shown = machine.on_show(state, len(frames) * PACE)
        head = toward(shown.cue) if isinstance(shown, ShownCue) else Head()
        frames.append(head_frame(len(frames), head))
        state = _step(state, frames[-1], len(frames))
    if not state.verdict.verified:
        raise RuntimeError("the session to be recorded was refused")
    return frames


def is_let_in(frames: Sequence[JudgedFrame], seed: bytes) -> bool:
    """Whether `frames`, played over and over until the verdict, are let in by a session."""
    state, number = machine.begin(0.0, seed), 0
    while state.verdict is None:
        state = _step(state, frames[number % len(frames)], number)
        number += 1
    return state.verdict.verified


def _step(state: State, frame: JudgedFrame, number: int) -> State:
    """The state after a frame, sent as the page would: with a new number and the current step."""
    sent = replace(frame, digest=str(number).encode(), step=state.step_on_show)
    return machine.step(
        state,
        sent,
        now=(number + 1) * PACE,
        policy=POLICY,
        fused=lambda _probes: Comparison(0.9, 0.5),
    )[0]


def measure(trials: int, replays: int, seed: int = 0) -> dict[str, dict[str, Any]]:
    """A row for each material: how many were tried and accepted, with the 95 % bound."""
    rng = np.random.default_rng(seed)
    rows = {
        name: accepted_row(sum(is_let_in(make(rng), rng.bytes(32)) for _ in range(trials)), trials)
        for name, make in MATERIAL.items()
    }
    sessions = [recorded(rng.bytes(32)) for _ in range(min(replays, 50))]
    let_in = sum(
        is_let_in(sessions[number % len(sessions)], rng.bytes(32)) for number in range(replays)
    )
    return {**rows, "replay": accepted_row(let_in, replays)}


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--replays", type=int, default=10_000)
    options = parser.parse_args()
    figures.show(measure(options.trials, options.replays), as_json=options.json)


if __name__ == "__main__":
    main()
