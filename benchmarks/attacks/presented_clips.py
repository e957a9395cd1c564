"""Plays recorded presentations, real attacks and honest people, as a webcam would send them.

A clip cannot follow a movement: where movements are asked for it goes on as it was recorded, so
what follows says how often an attack meets them by chance.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.harness.clips import pictures_of
from benchmarks.harness.enrolled import enrol, forgive, reference_of
from benchmarks.harness.labelled_clips import read_clips, stills_of
from benchmarks.harness.ledger import ACCEPTED
from benchmarks.harness.voter import visit
from biometrics.attacks.instruments import as_frame

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from benchmarks.harness.labelled_clips import Clip
    from benchmarks.harness.ledger import Ledger
    from biometrics.attacks.instruments import Answer
    from biometrics.engine.pipeline import Engine
    from biometrics.engine.types import PixelArray

HONEST = "honest clip"
ASKED = "asked to move, "


class Presented:
    """The frames of a clip forwards and backwards, again and again: no frame follows itself."""

    def __init__(self, frames: Sequence[PixelArray]) -> None:
        self.frames, self.at, self.was_asked = frames, -1, False

    def frame(self, answer: Answer) -> bytes:
        """See Player."""
        self.was_asked = self.was_asked or bool(answer.get("challenge"))
        self.at += 1
        last = max(1, len(self.frames) - 1)
        place = self.at % (2 * last)
        return as_frame(self.frames[min(place, 2 * last - place) % len(self.frames)])


@dataclass(frozen=True, slots=True)
class ClipTrial:
    """`kind` is a row of the report: the species and its support, or HONEST."""

    kind: str
    number: int
    clip: Clip

    @property
    def user_name(self) -> str:
        """The account that is attacked, or whose owner is before the camera."""
        return f"clip_{self.clip.row['subject']}"


def trials(folder: Path, engine: Engine, most: int) -> list[ClipTrial]:
    """Enrol the people of FOLDER, and list up to `most` trials of each kind.

    Clips of people whose stills cannot be enrolled are left out.
    """
    enrolled = set(_enrolled(folder, engine))
    listed: list[ClipTrial] = []
    counts: dict[str, int] = {}
    for clip in sorted(read_clips(folder), key=lambda clip: clip.row["presentation"]):
        row = clip.row
        kind = HONEST if clip.bona_fide else f"{row['attack_type']} {row['support']}".strip()
        number = counts.get(kind, 0)
        if row["subject"] in enrolled and number < most:
            counts[kind] = number + 1
            listed.append(ClipTrial(kind, number, clip))
    return listed


def _enrolled(folder: Path, engine: Engine) -> Iterator[str]:
    for subject, stills in stills_of(folder).items():
        reference = reference_of(engine, [still.read_bytes() for still in stills])
        if reference is not None:
            enrol(f"clip_{subject}", reference)
            yield subject


async def play(url: str, ledger: Ledger, listed: Sequence[ClipTrial], *, at_once: int) -> None:
    """Play all trials that the ledger does not have yet, each in its clip's own time."""
    gate, locks = asyncio.Semaphore(at_once), {one.user_name: asyncio.Lock() for one in listed}

    async def one(trial: ClipTrial) -> None:
        async with locks[trial.user_name], gate:
            await asyncio.to_thread(forgive, trial.user_name)
            frames = await asyncio.to_thread(lambda: list(pictures_of(trial.clip.path)))
            player = Presented(frames)
            pace = trial.clip.frames_per_second()
            visited = await visit(url, trial.user_name, player, pace=pace)
        reason = visited.verdict.get("reason", f"closed {visited.close_code}")
        asked = ASKED if player.was_asked else ""
        outcome = ACCEPTED if visited.verified else f"{asked}{reason}"
        ledger.note(trial.kind, trial.number, outcome)

    waiting = [one(trial) for trial in listed if not ledger.has(trial.kind, trial.number)]
    await asyncio.gather(*waiting)
