"""What a stream of frames reveals by itself: repeats, loops, cuts, stills and impossible times."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from biometrics.engine.types import Box, FloatArray, Template

# A face that jumps further than this between two frames is another face. In three clips of real
# people the overlap (intersection over union) stays above 0.65.
MIN_TRACK_IOU = 0.3
# Correlation of the whole scene (16 by 12 points) between two frames. It is 0.84 at the least
# while a person turns the head close to the camera.
MIN_SCENE_CORRELATION = 0.6
MAX_REPEATED_FRAMES = 40
MAX_CUTS = 6
# Seconds. In frames further apart an honest person has moved, or the camera was turned. Such a cut
# starts the row again too, but it tells nothing against the person.
MAX_GAP_OF_CUT = 0.5
# Seconds. The page's clock may drift or wait for the network, but it cannot run this far from the
# server's clock.
MAX_CLOCK_DRIFT = 5.0
# Two fingerprints that differ in at most so many of their 64 bits show the same picture. A frame
# of a loop is encoded again each time, so it is hardly ever exactly the same.
MAX_LOOP_BITS = 3
# Only frames in which the head moves tell a loop from a person who sits still.
MIN_MOVED_BITS = 4
# In frames: a loop is at least so long, so many frames of it must come again, and up to
# `LOOP_STRIDE - 1` of its frames may be missing between two of them.
MIN_LOOP_LAG = 15
LOOP_FRAMES = 12
LOOP_STRIDE = 4
REMEMBERED_FRAMES = 600
# Mean similarity of a row of ten templates. 99 % of the rows of stills that were moved, scaled and
# given noise lie above; at most one in twenty rows of living people does.
MAX_STILL_SIMILARITY = 0.9885


@dataclass(frozen=True, slots=True)
class Glimpse:
    """The part of one frame that the watch looks at.

    `digest` is of the frame's bytes, `fingerprint` a perceptual hash of 64 bits, `scene` the
    brightness of the whole frame (12, 16), `box` the face in pixels. `sent` is the page's time and
    `arrived` the server's time, both in seconds.
    """

    digest: bytes
    fingerprint: int
    scene: FloatArray | None
    box: Box | None
    sent: float
    arrived: float


@dataclass(frozen=True, slots=True)
class Watch:
    """What is remembered of a stream.

    `loop_place` is where in `fingerprints` the present frame was seen before (-1 if nowhere), and
    `loop_frames` how many frames in a row came again in the same order.
    """

    last: Glimpse | None = None
    first: Glimpse | None = None
    fingerprints: tuple[int, ...] = ()
    loop_place: int = -1
    loop_frames: int = 0
    repeats: int = 0
    cuts: int = 0
    looped: bool = False
    wrong_times: bool = False

    @property
    def refused(self) -> bool:
        """Whether no honest camera makes such a stream."""
        return self.looped or self.cuts >= MAX_CUTS

    @property
    def faulty(self) -> bool:
        """Whether the device is at fault: the same picture for too long, or impossible times.

        A computer that slept, or a connection that stood still for some seconds, has such times.
        """
        return self.wrong_times or self.repeats >= MAX_REPEATED_FRAMES


@dataclass(frozen=True, slots=True)
class Change:
    """How a frame follows the one before: a repeated frame is skipped, a cut breaks every row."""

    repeated: bool = False
    cut: bool = False


def look(watch: Watch, glimpse: Glimpse) -> tuple[Watch, Change]:
    """Take in the next frame of the stream."""
    if watch.last is not None and watch.last.digest == glimpse.digest:
        return replace(watch, repeats=watch.repeats + 1), Change(repeated=True)
    cut = watch.last is not None and _is_cut(watch.last, glimpse)
    wrong = watch.wrong_times or _is_impossible(watch, glimpse)
    watch = _follow_loop(watch, glimpse.fingerprint)
    watch = replace(
        watch,
        first=watch.first or glimpse,
        last=glimpse,
        cuts=watch.cuts + (cut and _is_telling(watch.last, glimpse)),
        wrong_times=wrong,
    )
    return watch, Change(cut=cut)


def is_still(templates: Sequence[Template]) -> bool:
    """Whether a row of templates is of one picture, however it was moved between the frames.

    The templates of a living face differ more from each other. One template alone is no still.
    """
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


def _is_telling(before: Glimpse | None, now: Glimpse) -> bool:
    return before is not None and now.arrived - before.arrived <= MAX_GAP_OF_CUT


def _correlation(scene: FloatArray, other: FloatArray) -> float:
    """1 for the same scene in any light, and also where a scene is all of one brightness."""
    a, b = scene - scene.mean(), other - other.mean()
    scale = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return float((a * b).sum()) / scale if scale > 1e-6 else 1.0


def _is_impossible(watch: Watch, glimpse: Glimpse) -> bool:
    """Whether the page's clock stands, runs backwards, or runs away from the server's clock."""
    if watch.last is None or watch.first is None:
        return False
    if glimpse.sent <= watch.last.sent:
        return True
    on_the_page = glimpse.sent - watch.first.sent
    on_the_server = glimpse.arrived - watch.first.arrived
    return abs(on_the_page - on_the_server) > MAX_CLOCK_DRIFT


def _follow_loop(watch: Watch, fingerprint: int) -> Watch:
    """Follow a run of moving frames that comes a second time, in the same order."""
    before, fingerprints = watch.fingerprints, (*watch.fingerprints, fingerprint)
    watch = replace(watch, fingerprints=fingerprints[-REMEMBERED_FRAMES:])
    if not before or _different_bits(fingerprint, before[-1]) < MIN_MOVED_BITS:
        return watch
    expected = watch.loop_place
    place = _came_before(watch.fingerprints, expected)
    if place < 0:
        return replace(watch, loop_place=-1, loop_frames=0)
    goes_on = 0 <= expected < place <= expected + LOOP_STRIDE
    frames = watch.loop_frames + 1 if goes_on else 1
    looped = watch.looped or frames >= LOOP_FRAMES
    return replace(watch, loop_place=place, loop_frames=frames, looped=looped)


def _came_before(fingerprints: tuple[int, ...], expected: int) -> int:
    """Where the last fingerprint was seen before, -1 if nowhere.

    A place just after `expected` is preferred; otherwise it is the latest one.
    """
    past = len(fingerprints) - MIN_LOOP_LAG
    places: list[int] = [*range(past - 1, -1, -1)]
    if expected >= 0:
        places = [*range(expected + 1, min(expected + LOOP_STRIDE + 1, past)), *places]
    now = fingerprints[-1]
    return next(
        (at for at in places if _different_bits(fingerprints[at], now) <= MAX_LOOP_BITS), -1
    )


def _different_bits(fingerprint: int, other: int) -> int:
    return (fingerprint ^ other).bit_count()
