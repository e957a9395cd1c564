"""What a stream of frames says for itself: repeats, loops, cuts, stills and impossible times."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from biometrics.engine.types import Box, FloatArray, Template

# A face that jumps further between two frames is another face; three clips stay above 0.65.
MIN_TRACK_IOU = 0.3
# Correlation of the whole scene, 16 by 12 points, between two frames: 0.84 at the least while a
# person turns the head right before the camera.
MIN_SCENE_CORRELATION = 0.6
MAX_REPEATED_FRAMES = 40
MAX_CUTS = 6
# The page's clock may drift or wait for the network; it cannot run this far from the server's.
MAX_CLOCK_DRIFT = 5.0
# Two frames of a loop are hardly ever the same, having been encoded again: bits of 64.
MAX_LOOP_BITS = 3
# Only frames in which the head moves tell a loop from a person who sits still.
MIN_MOVED_BITS = 4
MIN_LOOP_LAG = 15
LOOP_FRAMES = 12
LOOP_STRIDE = 4
REMEMBERED = 600
# Mean similarity of a row's templates: of stills that were moved, scaled and given noise 99 % of
# ten-frame windows lie above; of living people's windows one in twenty at the most.
MAX_STILL_SIMILARITY = 0.9885


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One frame as the stream's watch sees it; times in seconds."""

    digest: bytes
    fingerprint: int
    scene: FloatArray | None
    box: Box | None
    sent: float
    arrived: float


@dataclass(frozen=True, slots=True)
class Watch:
    """What is remembered of a stream."""

    last: Glimpse | None = None
    first: Glimpse | None = None
    prints: tuple[int, ...] = ()
    again_at: int = -1
    again: int = 0
    repeats: int = 0
    cuts: int = 0
    looped: bool = False
    wrong_times: bool = False

    @property
    def refused(self) -> bool:
        broken = self.looped or self.wrong_times
        return broken or self.repeats >= MAX_REPEATED_FRAMES or self.cuts >= MAX_CUTS


@dataclass(frozen=True, slots=True)
class Seen:
    """What is to be done with one frame: a repeated one is skipped, a cut breaks every row."""

    repeated: bool = False
    cut: bool = False


def look(watch: Watch, glimpse: Glimpse) -> tuple[Watch, Seen]:
    if watch.last is not None and watch.last.digest == glimpse.digest:
        return replace(watch, repeats=watch.repeats + 1), Seen(repeated=True)
    cut = watch.last is not None and _is_cut(watch.last, glimpse)
    wrong = watch.wrong_times or _impossible(watch, glimpse)
    watch = _loops(watch, glimpse.fingerprint)
    watch = replace(
        watch,
        first=watch.first or glimpse,
        last=glimpse,
        cuts=watch.cuts + cut,
        wrong_times=wrong,
    )
    return watch, Seen(cut=cut)


def is_still(templates: Sequence[Template]) -> bool:
    """The same picture again and again, however it is moved: no living face is so like itself."""
    stacked = np.stack([template.vector for template in templates])
    count = len(stacked)
    if count < 2:
        return False
    total = float((stacked.sum(axis=0) ** 2).sum())
    return (total - count) / (count * (count - 1)) > MAX_STILL_SIMILARITY


def _is_cut(before: Glimpse, now: Glimpse) -> bool:
    jumped = before.box and now.box and before.box.iou(now.box) < MIN_TRACK_IOU
    if jumped or before.scene is None or now.scene is None:
        return bool(jumped)
    return _correlation(before.scene, now.scene) < MIN_SCENE_CORRELATION


def _correlation(one: FloatArray, other: FloatArray) -> float:
    """1 for the same scene in any light; 1 too where there is nothing to see."""
    a, b = one - one.mean(), other - other.mean()
    scale = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return float((a * b).sum()) / scale if scale > 1e-6 else 1.0


def _impossible(watch: Watch, glimpse: Glimpse) -> bool:
    if watch.last is None or watch.first is None:
        return False
    if glimpse.sent <= watch.last.sent:
        return True
    page = glimpse.sent - watch.first.sent
    return abs(page - (glimpse.arrived - watch.first.arrived)) > MAX_CLOCK_DRIFT


def _loops(watch: Watch, print_: int) -> Watch:
    """Follow a run of moving frames that comes a second time, in the same order."""
    prints = (*watch.prints, print_)[-REMEMBERED:]
    moved = bool(watch.prints) and _bits(print_, watch.prints[-1]) >= MIN_MOVED_BITS
    watch = replace(watch, prints=prints)
    if not moved:
        return watch
    at = _came_before(prints, watch.again_at)
    again = watch.again + 1 if 0 <= watch.again_at < at <= watch.again_at + LOOP_STRIDE else 1
    if at < 0:
        return replace(watch, again_at=-1, again=0)
    return replace(watch, again_at=at, again=again, looped=watch.looped or again >= LOOP_FRAMES)


def _came_before(prints: tuple[int, ...], expected: int) -> int:
    """Where the last print stood before: just after `expected` if there, else the latest place."""
    past = len(prints) - MIN_LOOP_LAG
    places: list[int] = [*range(past - 1, -1, -1)]
    if expected >= 0:
        places = [*range(expected + 1, min(expected + LOOP_STRIDE + 1, past)), *places]
    now = prints[-1]
    return next((place for place in places if _bits(prints[place], now) <= MAX_LOOP_BITS), -1)


def _bits(one: int, other: int) -> int:
    return (one ^ other).bit_count()
