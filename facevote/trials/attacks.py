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
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from facevote.trials import throwaway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from biometrics.engine.pipeline import Engine
    from biometrics.training.instruments import Target

PHOTOS_ENROLLED = 4
AT_ONCE = 12
# What cannot answer a cue need not wait for the end of its time at full speed.
IDLE_PACE = 4.0


class Victims:
    """Everybody under attack, by user name; one trial at a time for each."""

    def __init__(self) -> None:
        self.targets: dict[str, Target] = {}
        self.locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def names(self, *, with_clip: bool) -> list[str]:
        return [name for name, one in self.targets.items() if one.clip or not with_clip]


def gather(data: Path, engine: Engine, people: int) -> Victims:
    victims = Victims()
    for name, photos in _lfw(data / "faces" / "lfw", people):
        _add(victims, engine, name, photos, ())
    for folder in sorted((data / "video").glob("*")):
        frames = _clip(next(iter(folder.glob("bona_fide.*"))))
        half = len(frames) // 2
        photos = [frames[place] for place in range(0, half, max(1, half // 6))]
        _add(victims, engine, folder.name, photos, frames[half::3])
    return victims


def _lfw(folder: Path, people: int) -> Iterator[tuple[str, list[Any]]]:
    found = 0
    for person in sorted(folder.iterdir()):
        files = sorted(person.glob("*.jpg")) if person.is_dir() else []
        if len(files) > PHOTOS_ENROLLED and found < people:
            found += 1
            yield person.name, [cv2.imread(str(file)) for file in files[: PHOTOS_ENROLLED + 1]]


def _add(victims: Victims, engine: Engine, name: str, photos: list[Any], clip: Any) -> None:
    from biometrics.training.instruments import Target, as_jpeg, staged
    from facevote.trials.enrolled import enrol, reference_of

    *known, last = photos
    still = staged(last)
    face = engine.process(as_jpeg(still)).face
    reference = reference_of(engine, [cv2.imencode(".jpg", one)[1].tobytes() for one in known])
    if face is None or face.landmarks is None or reference is None:
        return
    enrol(name, reference)
    victims.targets[name] = Target(still, face.landmarks, tuple(staged(one) for one in clip))


def _clip(file: Path) -> list[Any]:
    reader = cv2.VideoCapture(str(file))
    frames: list[Any] = []
    while True:
        more, frame = reader.read()
        if not more:
            return frames
        frames.append(frame)


async def play(url: str, victims: Victims, options: argparse.Namespace) -> dict[str, Any]:
    from biometrics.engine.metrics import rate
    from biometrics.training.instruments import KINDS

    report: dict[str, Any] = {}
    for name in options.kinds or KINDS:
        kind = KINDS[name]
        names = victims.names(with_clip=kind.needs_clip)
        if not names:
            continue
        gate = asyncio.Semaphore(AT_ONCE)
        seen = await asyncio.gather(
            *(
                _trial(url, victims, names[number % len(names)], name, number, gate)
                for number in range(options.trials)
            )
        )
        accepted = sum(reason == "accepted" for reason in seen)
        report[name] = {
            "tried": len(seen),
            "accepted": accepted,
            "upper_95": round(rate(accepted, len(seen)).high, 5),
            "simulated": kind.simulated,
            "refusals": {one: seen.count(one) for one in sorted(set(seen)) if one != "accepted"},
        }
        sys.stderr.write(f"{name}: {report[name]}\n")
    return report


async def _trial(
    url: str, victims: Victims, who: str, kind: str, number: int, gate: asyncio.Semaphore
) -> str:
    from biometrics.training.instruments import KINDS
    from facevote.trials.enrolled import forgive
    from facevote.trials.voter import visit

    rng = np.random.default_rng([number, *kind.encode()])
    target = _with_stranger(victims, who, rng)
    async with victims.locks[who], gate:
        await asyncio.to_thread(forgive, who)
        player = _Patient(await asyncio.to_thread(KINDS[kind].make, target, rng))
        seen = await visit(url, who, player)
    if seen.verified:
        return "accepted"
    return str(seen.verdict.get("reason", f"closed {seen.close_code}"))


def _with_stranger(victims: Victims, who: str, rng: np.random.Generator) -> Target:
    from dataclasses import replace

    from biometrics.training.puppet import Puppet

    names = [name for name in victims.targets if name != who]
    other = victims.targets[names[int(rng.integers(len(names)))]] if names else None
    puppet = Puppet.of(other.still, other.landmarks) if other else None
    return replace(victims.targets[who], other=puppet)


class _Patient:
    """Passes frames on; a still before a cue it cannot answer sends fewer of them."""

    def __init__(self, player: Any) -> None:
        self.player = player

    def frame(self, answer: Any) -> bytes:
        import time

        from biometrics.training.instruments import Puppeteer

        if answer.get("challenge") and not isinstance(self.player, Puppeteer):
            time.sleep(1 / IDLE_PACE - 0.1)
        return bytes(self.player.frame(answer))


def main() -> None:
    parser = argparse.ArgumentParser(description="Play the attack kit.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--kinds", nargs="*", default=[])
    parser.add_argument("--trials", type=int, default=300)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--policy", choices=("passive", "unsure", "always"), default="always")
    options = parser.parse_args()
    with throwaway.site(CHALLENGE_LOGIN=options.policy, MAX_SOCKETS="40") as folder:
        from django.conf import settings

        from biometrics.engine.pipeline import Engine

        victims = gather(options.data, Engine.load(settings.MODELS_DIR), options.people)
        with throwaway.server(folder) as server:
            kinds = asyncio.run(play(server.url, victims, options))
    report = {"policy": options.policy, "people": len(victims.targets), "kinds": kinds}
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main()
