"""Plays the attack kit against a real server over real sockets; run by `manage.py attack_report`.

People with several photos in DATA/faces/lfw are enrolled from some and attacked with another; the
people of DATA/video are attacked with loops of their own clips. Every kind is tried --trials times.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from benchmarks.harness import throwaway
from benchmarks.harness.ledger import ACCEPTED, Ledger
from benchmarks.harness.voter import FRAMES_PER_SECOND

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from biometrics.attacks.instruments import Target
    from biometrics.engine.pipeline import Engine

PHOTOS_ENROLLED = 4
# Puppets need each its ten frames a second, or the machine and not the site would refuse them;
# what cannot answer a cue waits for the end of its time with few.
AT_ONCE = 7
IDLE_AT_ONCE = 24
IDLE_PACE = 2.0
# A clip's person stands under attack in as many accounts: one trial at a time for each.
ACCOUNTS = 8


class Victims:
    """Everybody under attack, by user name; one trial at a time for each."""

    def __init__(self) -> None:
        self.targets: dict[str, Target] = {}
        self.locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def names(self, *, with_clip: bool) -> list[str]:
        return [name for name, one in self.targets.items() if one.clip or not with_clip]


def gather(data: Path, engine: Engine, people: int) -> Victims:
    from biometrics.attacks.instruments import staged

    victims = Victims()
    for name, photos in _lfw(data / "faces" / "lfw", people):
        _add(victims, engine, name, photos, ())
    for folder in sorted((data / "video").glob("*")):
        frames = _clip(next(iter(folder.glob("bona_fide.*"))))
        half = len(frames) // 2
        photos = [frames[place] for place in range(0, half, max(1, half // 6))]
        clip = [staged(one) for one in frames[half::3]]
        for account in range(ACCOUNTS):
            _add(victims, engine, f"{folder.name}_{account}", photos, clip)
    return victims


def _lfw(folder: Path, people: int) -> Iterator[tuple[str, list[Any]]]:
    found = 0
    for person in sorted(folder.iterdir()):
        files = sorted(person.glob("*.jpg")) if person.is_dir() else []
        if len(files) > PHOTOS_ENROLLED and found < people:
            found += 1
            yield person.name, [cv2.imread(str(file)) for file in files[: PHOTOS_ENROLLED + 1]]


def _add(
    victims: Victims, engine: Engine, name: str, photos: list[Any], clip: Sequence[Any]
) -> None:
    from benchmarks.harness.enrolled import enrol, reference_of
    from biometrics.attacks.instruments import Target, as_jpeg, staged

    *known, last = photos
    still = staged(last)
    face = engine.process(as_jpeg(still)).face
    reference = reference_of(engine, [cv2.imencode(".jpg", one)[1].tobytes() for one in known])
    if face is None or face.landmarks is None or reference is None:
        return
    enrol(name, reference)
    victims.targets[name] = Target(still, face.landmarks, clip)


def _clip(file: Path) -> list[Any]:
    reader = cv2.VideoCapture(str(file))
    frames: list[Any] = []
    while True:
        more, frame = reader.read()
        if not more:
            return frames
        frames.append(frame)


async def play(
    url: str, victims: Victims, ledger: Ledger, plan: Sequence[Trial], *, at_once: int
) -> None:
    """All kinds at once: those that wait leave the machine to those that work."""
    from biometrics.attacks.instruments import KINDS, Puppeteer

    busy, idle = asyncio.Semaphore(at_once), asyncio.Semaphore(IDLE_AT_ONCE)
    waiting = []
    for trial in plan:
        kind = KINDS[trial.kind]
        names = victims.names(with_clip=kind.needs_clip)
        if names and not ledger.has(trial.kind, trial.number):
            who = names[trial.number % len(names)]
            works = isinstance(kind.make, type) and issubclass(kind.make, Puppeteer)
            waiting.append(_trial(url, victims, who, trial, ledger, busy if works else idle))
    await asyncio.gather(*waiting)


@dataclass(frozen=True)
class Trial:
    kind: str
    number: int


async def _trial(
    url: str, victims: Victims, who: str, trial: Trial, ledger: Ledger, gate: asyncio.Semaphore
) -> None:
    from django.conf import settings

    from benchmarks.harness.enrolled import forgive
    from benchmarks.harness.voter import visit
    from biometrics.attacks.instruments import KINDS

    async with victims.locks[who], gate:
        rng = np.random.default_rng([trial.number, *trial.kind.encode()])
        target = _with_stranger(victims, who, rng)
        await asyncio.to_thread(forgive, who)
        player = _Patient(await asyncio.to_thread(KINDS[trial.kind].make, target, rng))
        seen = await visit(url, who, player, light=settings.CHALLENGE_LIGHT)
    reason = seen.verdict.get("reason", f"closed {seen.close_code}")
    ledger.note(trial.kind, trial.number, ACCEPTED if seen.verified else str(reason))


def _with_stranger(victims: Victims, who: str, rng: np.random.Generator) -> Target:
    from dataclasses import replace

    from biometrics.attacks.puppet import Puppet

    names = [name for name in victims.targets if name != who]
    other = victims.targets[names[int(rng.integers(len(names)))]] if names else None
    puppet = Puppet.of(other.still, other.landmarks) if other else None
    return replace(victims.targets[who], other=puppet)


class _Patient:
    """Passes frames on, fewer of them while what is asked for cannot be done."""

    def __init__(self, player: Any) -> None:
        self.player = player

    def frame(self, answer: Any) -> bytes:
        import time

        if answer.get("challenge") and self._is_lost():
            time.sleep(1 / IDLE_PACE - 1 / FRAMES_PER_SECOND)
        return bytes(self.player.frame(answer))

    def _is_lost(self) -> bool:
        return bool(getattr(self.player, "is_lost", True))


def main() -> None:
    parser = argparse.ArgumentParser(description="Play the attack kit.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--kinds", nargs="*", default=[])
    parser.add_argument("--trials", type=int, default=300)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--policy", choices=("passive", "unsure", "always"), default="always")
    parser.add_argument("--at-once", type=int, default=AT_ONCE)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    with throwaway.site(CHALLENGE_LOGIN=options.policy, MAX_SOCKETS="80") as folder:
        report = run(options, folder)
    sys.stdout.write(json.dumps(report))


def run(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    from django.conf import settings

    from biometrics.attacks.instruments import KINDS
    from biometrics.engine_loader import load_engine

    kinds = options.kinds or list(KINDS)
    asked = {
        "policy": options.policy,
        "blinks": settings.CHALLENGE_BLINKS,
        "light": settings.CHALLENGE_LIGHT,
    }
    ledger = Ledger(options.keep, {**asked, "people": options.people})
    victims = gather(options.data, load_engine(), options.people)
    plan = [Trial(name, number) for number in range(options.trials) for name in kinds]
    with throwaway.server(folder) as server:
        asyncio.run(play(server.url, victims, ledger, plan, at_once=options.at_once))
    rows = {
        name: {**ledger.row(name), "simulated": KINDS[name].simulated}
        for name in kinds
        if ledger.outcomes(name)
    }
    return {**asked, "people": len(victims.targets), "kinds": rows}


if __name__ == "__main__":
    main()
