"""From the first frame to the verdict, with a model of a person, by the state machine alone.

    python -m benchmarks.speed.cue_time [--sessions 500] [--reaction 0.4] [--speed 60] [--json]

The person is a model, not a measurement. After --reaction seconds the head turns at --speed
degrees a second towards what the cue asks for; its size changes by an eightieth for each degree.
It trembles by --tremor degrees. With --blinks the cues may also ask to shut the eyes: they are
then shut for a second, in which the person sees nothing.

Frames come as often as the page sends them. They are compared while the head looks within 28
degrees of the camera, as with the real engine. No network, browser or connection is part of it;
benchmarks.speed.face_step measures with those.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from benchmarks.harness import figures
from benchmarks.speed.session_times import times
from biometrics.engine import session
from biometrics.engine.pad.cues import COMPARED_UP_TO
from biometrics.engine.pad.movements import ShownCue
from biometrics.engine.types import Comparison
from tests.biometrics.engine.session.heads import head_frame, toward
from tests.support.scripted_engine import Head

if TYPE_CHECKING:
    import argparse


FRAMES_A_SECOND = 11
SIZE_PER_DEGREE = 1 / 80
SHUT_FOR = 1.0
AXES = "yaw", "pitch", "size"
POLICY = session.Policy(10, 60.0, pad_required=True, challenge=session.Challenge.ALWAYS)
ALIKE = Comparison(0.9, 0.6)


@dataclass
class Person:
    """Degrees and seconds. All axes move at the same time and arrive together."""

    reaction: float
    speed: float
    tremor: float
    chance: random.Random
    head: Head = field(default_factory=Head)
    goal: Head = field(default_factory=Head)
    seen_step: int = 0
    seen_since: float = 0.0
    shut_until: float = 0.0

    def look(self, asked: ShownCue | None, now: float, passed: float) -> Head:
        """The head at `now`, `passed` seconds after the last look, with `asked` on the page."""
        if now >= self.shut_until:
            self._read(asked, now)
        self._move(self.speed * passed)
        return replace(
            self.head,
            yaw=self.head.yaw + self._tremble(),
            pitch=self.head.pitch + self._tremble(),
            shut=now < self.shut_until,
        )

    def _read(self, asked: ShownCue | None, now: float) -> None:
        step = asked.number if asked else 0
        if step != self.seen_step:
            self.seen_step, self.seen_since = step, now
        if now - self.seen_since >= self.reaction:
            self.goal = toward(asked.cue) if asked else Head()
            self.shut_until = now + SHUT_FOR if self.goal.shut else 0.0

    def _move(self, degrees: float) -> None:
        way = [getattr(self.goal, axis) - getattr(self.head, axis) for axis in AXES]
        longest = max(abs(way[0]), abs(way[1]), abs(way[2]) / SIZE_PER_DEGREE)
        share = min(1.0, degrees / longest) if longest else 0.0
        yaw, pitch, size = (part * share for part in way)
        self.head = Head(self.head.yaw + yaw, self.head.pitch + pitch, self.head.size + size)

    def _tremble(self) -> float:
        return (self.chance.random() + self.chance.random() - 1) * 1.7 * self.tremor


def try_once(person: Person, policy: session.Policy) -> tuple[bool, float]:
    """Whether the person was verified, and the seconds until the verdict."""
    state = session.begin(0.0, person.chance.randbytes(32))
    asked: ShownCue | None = None
    number = 0
    while state.verdict is None:
        number += 1
        now = number / FRAMES_A_SECOND
        head = person.look(asked, now, 1 / FRAMES_A_SECOND)
        frame = head_frame(number, head, step=state.step_on_show, sent=now, frontal=COMPARED_UP_TO)
        state, progress = session.step(
            state, frame, now=now, policy=policy, fused=lambda _templates: ALIKE
        )
        # Without light, a movement is all that can be asked for.
        asked = progress.asked if isinstance(progress.asked, ShownCue) else None
    return state.verdict.verified, number / FRAMES_A_SECOND


def measure(options: argparse.Namespace) -> dict[str, Any]:
    chance = random.Random(options.seed)
    policy = replace(POLICY, blinks=options.blinks)
    tries = [
        try_once(Person(options.reaction, options.speed, options.tremor, chance), policy)
        for _ in range(options.sessions)
    ]
    return times(len(tries), [seconds for verified, seconds in tries if verified])


def main() -> None:
    parser = figures.parser(__doc__)
    parser.add_argument("--sessions", type=int, default=500)
    parser.add_argument("--reaction", type=float, default=0.4, metavar="SECONDS")
    parser.add_argument("--speed", type=float, default=60.0, metavar="DEGREES")
    parser.add_argument("--tremor", type=float, default=0.8, metavar="DEGREES")
    parser.add_argument("--blinks", action="store_true", help="as with CHALLENGE_BLINKS")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    figures.show(measure(options), as_json=options.json)


if __name__ == "__main__":
    main()
