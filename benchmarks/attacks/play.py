"""Plays the attack kit against a real server over real sockets.

`manage.py attack_report` runs this module and prints its report, which is JSON.

People with several photos in DATA/faces/lfw are enrolled with some of them and attacked with
another. The people of DATA/video are attacked with loops of their own clips. Every kind of attack
is tried --trials times. With --clips FOLDER, recorded presentations are played in their place: real
attacks by species, and honest people.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from benchmarks.attacks import presented_clips
from benchmarks.harness import throwaway
from benchmarks.harness.clips import pictures_of, read_picture
from benchmarks.harness.enrolled import enrol, forgive, reference_of
from benchmarks.harness.ledger import ACCEPTED, Ledger
from benchmarks.harness.voter import FRAMES_PER_SECOND, visit
from biometrics.attacks.instruments import INSTRUMENTS, Puppeteer, Target, as_frame, staged
from biometrics.attacks.puppet import Puppet
from biometrics.engine.images import encode_jpeg
from biometrics.engine.types import BgrImage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from biometrics.attacks.instruments import Answer, Player
    from biometrics.engine.pipeline import Engine

PHOTOS_ENROLLED = 4
PHOTO_QUALITY = 95
# Each puppet needs its ten frames a second, or the machine would refuse it and not the site: so few
# of them play at once. What cannot answer a cue waits for the end of its time with fewer frames.
IDLE_AT_ONCE = 24
IDLE_PACE = 2.0
# A clip's person has so many accounts, because each account has one trial at a time.
ACCOUNTS = 8


class Victims:
    """Everybody under attack, by user name, with a lock for the one trial at a time."""

    def __init__(self) -> None:
        self.targets: dict[str, Target] = {}
        self.locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def names(self, *, with_clip: bool) -> list[str]:
        """All user names, or only those of people with a clip."""
        return [name for name, target in self.targets.items() if target.clip or not with_clip]


def enrol_victims(data: Path, engine: Engine, people: int) -> Victims:
    """Enrol up to `people` of DATA/faces/lfw and everybody in DATA/video."""
    victims = Victims()
    for name, photos in _lfw(data / "faces" / "lfw", people):
        _add(victims, engine, name, photos, ())
    for folder in sorted((data / "video").glob("*")):
        pictures = list(pictures_of(next(iter(folder.glob("bona_fide.*")))))
        half = len(pictures) // 2
        photos = [pictures[place] for place in range(0, half, max(1, half // 6))]
        clip = [BgrImage(staged(picture)) for picture in pictures[half::3]]
        for account in range(ACCOUNTS):
            _add(victims, engine, f"{folder.name}_{account}", photos, clip)
    return victims


def _lfw(folder: Path, people: int) -> Iterator[tuple[str, list[BgrImage]]]:
    """The first people with enough photos: user name, and BGR pictures."""
    count = 0
    for person in sorted(folder.iterdir()):
        files = sorted(person.glob("*.jpg")) if person.is_dir() else []
        if len(files) > PHOTOS_ENROLLED and count < people:
            count += 1
            chosen = files[: PHOTOS_ENROLLED + 1]
            yield person.name, [read_picture(file) for file in chosen]


def _add(
    victims: Victims,
    engine: Engine,
    name: str,
    photos: Sequence[BgrImage],
    clip: Sequence[BgrImage],
) -> None:
    """Enrol all photos but the last, which is for the attack. Nobody is added without a face."""
    *known, last = photos
    still = staged(last)
    face = engine.process(as_frame(still)).face
    jpegs = [encode_jpeg(photo, quality=PHOTO_QUALITY) for photo in known]
    reference = reference_of(engine, jpegs)
    if face is None or face.landmarks is None or reference is None:
        return
    enrol(name, reference)
    victims.targets[name] = Target(still, face.landmarks, clip)


@dataclass(frozen=True)
class AttackTrial:
    """`instrument` is a name in INSTRUMENTS."""

    instrument: str
    number: int


async def play(
    url: str, victims: Victims, ledger: Ledger, trials: Sequence[AttackTrial], *, at_once: int
) -> None:
    """Play all trials that the ledger does not have yet.

    All instruments play at the same time: those that only wait leave the machine to the puppets,
    of which `at_once` work at a time.
    """
    busy, idle = asyncio.Semaphore(at_once), asyncio.Semaphore(IDLE_AT_ONCE)
    waiting = []
    for trial in trials:
        instrument = INSTRUMENTS[trial.instrument]
        names = victims.names(with_clip=instrument.needs_clip)
        if names and not ledger.has(trial.instrument, trial.number):
            name = names[trial.number % len(names)]
            make = instrument.make
            works = isinstance(make, type) and issubclass(make, Puppeteer)
            waiting.append(_play_trial(url, victims, name, trial, ledger, busy if works else idle))
    await asyncio.gather(*waiting)


async def _play_trial(
    url: str,
    victims: Victims,
    name: str,
    trial: AttackTrial,
    ledger: Ledger,
    gate: asyncio.Semaphore,
) -> None:
    from django.conf import settings

    make = INSTRUMENTS[trial.instrument].make
    async with victims.locks[name], gate:
        rng = np.random.default_rng([trial.number, *trial.instrument.encode()])
        target = _with_stranger(victims, name, rng)
        await asyncio.to_thread(forgive, name)
        player = _Patient(await asyncio.to_thread(make, target, rng))
        visited = await visit(url, name, player, light=settings.CHALLENGE_LIGHT)
    reason = visited.verdict.get("reason", f"closed {visited.close_code}")
    outcome = ACCEPTED if visited.verified else str(reason)
    ledger.note(trial.instrument, trial.number, outcome)


def _with_stranger(victims: Victims, name: str, rng: np.random.Generator) -> Target:
    """The target of this name, with the puppet of somebody else, if there is anybody else."""
    names = [other for other in victims.targets if other != name]
    stranger = victims.targets[names[int(rng.integers(len(names)))]] if names else None
    puppet = Puppet.of(stranger.still, stranger.landmarks) if stranger else None
    return replace(victims.targets[name], other=puppet)


class _Patient:
    """Passes a player's frames on, more slowly while it cannot do what the cue asks for."""

    def __init__(self, player: Player) -> None:
        self.player = player

    def frame(self, answer: Answer) -> bytes:
        if answer.get("challenge") and self._is_lost():
            time.sleep(1 / IDLE_PACE - 1 / FRAMES_PER_SECOND)
        return self.player.frame(answer)

    def _is_lost(self) -> bool:
        return bool(getattr(self.player, "is_lost", True))


def run(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """The report: what was played, and a row for each kind of attack that was tried."""
    from django.conf import settings

    from biometrics.engine_loader import load_engine

    setting = {
        "policy": options.policy,
        "blinks": settings.CHALLENGE_BLINKS,
        "light": settings.CHALLENGE_LIGHT,
    }
    ledger = Ledger(options.keep, {**setting, "people": options.people})
    if options.clips:
        return {**setting, **_clips(options, folder, ledger)}
    names = options.kinds or list(INSTRUMENTS)
    victims = enrol_victims(options.data, load_engine(), options.people)
    trials = [AttackTrial(name, number) for number in range(options.trials) for name in names]
    with throwaway.server(folder) as server:
        asyncio.run(play(server.url, victims, ledger, trials, at_once=options.at_once))
    rows = {
        name: {**ledger.row(name), "simulated": INSTRUMENTS[name].simulated}
        for name in names
        if ledger.outcomes(name)
    }
    return {**setting, "people": len(victims.targets), "kinds": rows}


def _clips(options: argparse.Namespace, folder: Path, ledger: Ledger) -> dict[str, Any]:
    from biometrics.engine_loader import load_engine

    listed = presented_clips.trials(options.clips, load_engine(), options.trials)
    with throwaway.server(folder) as server:
        asyncio.run(presented_clips.play(server.url, ledger, listed, at_once=options.at_once))
    kinds = sorted({trial.kind for trial in listed})
    return {
        "people": len({trial.user_name for trial in listed}),
        "kinds": {kind: {**ledger.row(kind), "simulated": False} for kind in kinds},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Play the attack kit.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--clips", type=Path)
    parser.add_argument("--kinds", nargs="*", default=[], choices=list(INSTRUMENTS))
    parser.add_argument("--trials", type=int, default=300)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--policy", choices=("passive", "unsure", "always"), default="always")
    parser.add_argument("--at-once", type=int, required=True)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    with throwaway.site(CHALLENGE_LOGIN=options.policy, MAX_SOCKETS="80") as folder:
        report = run(options, folder)
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main()
