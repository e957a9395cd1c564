"""From the first frame to the verdict, movements included: the state machine before a model.

    python benchmarks/cue_time.py [--sessions 500] [--reaction 0.4] [--speed 60] [--json]

The person is a model, not a measurement: after --reaction seconds the head turns at --speed degrees
a second towards what was asked (a size by an eightieth of it), and trembles by --tremor degrees.
With --blinks the eyes may be asked for too: they shut for a second, in which nothing is seen.
Frames come as often as the page sends them, and are compared while the head looks within 28 degrees
of the camera, as with the real engine. No network, browser or link is in it: for those see
benchmarks/face_step.py.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.session_times import times
from biometrics.engine import session
from biometrics.engine.pad.cues import COMPARED_UP_TO
from biometrics.engine.types import Comparison
from tests.biometrics.verification.heads import evidence, toward
from tests.support.scripted_engine import Head

if TYPE_CHECKING:
    from biometrics.engine.pad.challenge import Shown

FRAMES_A_SECOND = 11
SIZE_SHARE = 1 / 80
SHUT_FOR = 1.0
AXES = "yaw", "pitch", "size"
POLICY = session.Policy(10, 60.0, pad_required=True, challenge=session.Challenge.ALWAYS)
ALIKE = Comparison(0.9, 0.6)


@dataclass
class Person:
    """Degrees, seconds; moves all axes so that they arrive together."""

    reaction: float
    speed: float
    tremor: float
    chance: random.Random
    head: Head = field(default_factory=Head)
    goal: Head = field(default_factory=Head)
    seen: int = 0
    since: float = 0.0
    shut_until: float = 0.0

    def look(self, asked: Shown | None, now: float, passed: float) -> Head:
        if now >= self.shut_until:
            self._see(asked, now)
        self._move(self.speed * passed)
        return replace(
            self.head,
            yaw=self.head.yaw + self._tremble(),
            pitch=self.head.pitch + self._tremble(),
            shut=now < self.shut_until,
        )

    def _see(self, asked: Shown | None, now: float) -> None:
        step = asked.number if asked else 0
        if step != self.seen:
            self.seen, self.since = step, now
        if now - self.since >= self.reaction:
            self.goal = toward(asked.cue) if asked else Head()
            self.shut_until = now + SHUT_FOR if self.goal.shut else 0.0

    def _move(self, degrees: float) -> None:
        way = [getattr(self.goal, axis) - getattr(self.head, axis) for axis in AXES]
        longest = max(abs(way[0]), abs(way[1]), abs(way[2]) / SIZE_SHARE)
        share = min(1.0, degrees / longest) if longest else 0.0
        yaw, pitch, size = (part * share for part in way)
        self.head = Head(self.head.yaw + yaw, self.head.pitch + pitch, self.head.size + size)

    def _tremble(self) -> float:
        return (self.chance.random() + self.chance.random() - 1) * 1.7 * self.tremor


def once(person: Person, policy: session.Policy) -> tuple[bool, float]:
    """Whether the person was verified, and the seconds until the verdict."""
    state = session.begin(0.0, person.chance.randbytes(32))
    asked, number = None, 0
    while state.verdict is None:
        number += 1
        now = number / FRAMES_A_SECOND
        head = person.look(asked, now, 1 / FRAMES_A_SECOND)
        frame = evidence(number, head, step=state.step, sent=now, frontal=COMPARED_UP_TO)
        state, progress = session.step(
            state, frame, now=now, policy=policy, fused=lambda _templates: ALIKE
        )
        asked = progress.asked
    return state.verdict.verified, number / FRAMES_A_SECOND


def measure(options: argparse.Namespace) -> dict[str, Any]:
    chance = random.Random(options.seed)
    policy = replace(POLICY, blinks=options.blinks)
    seen = [
        once(Person(options.reaction, options.speed, options.tremor, chance), policy)
        for _ in range(options.sessions)
    ]
    return times(len(seen), [took for verified, took in seen if verified])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=500)
    parser.add_argument("--reaction", type=float, default=0.4, metavar="SECONDS")
    parser.add_argument("--speed", type=float, default=60.0, metavar="DEGREES")
    parser.add_argument("--tremor", type=float, default=0.8, metavar="DEGREES")
    parser.add_argument("--blinks", action="store_true", help="as with CHALLENGE_BLINKS")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(options)
    if options.json:
        sys.stdout.write(json.dumps(figures) + "\n")
        return
    for name, figure in figures.items():
        sys.stdout.write(f"{name:20}{figure}\n")


if __name__ == "__main__":
    main()
