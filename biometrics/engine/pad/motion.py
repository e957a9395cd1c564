"""How a face moves against what is behind it: a cue over time that no single frame shows.

A living person before a camera that stands moves a little, and in itself: lids, lips, breath. What
is right beside the head keeps still. A picture held by a hand takes what is beside the face along
with it, a picture that stands does not move at all. Neither is a proof: a camera in a hand moves
everything, and a film on a display that stands may show what a person shows. So what is odd here
costs the movements, and is never a refusal.

Views are grey pictures of at most SIDE rows or columns on the shorter side; motions are in widths
of the face.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.engine.types import Box, View

if TYPE_CHECKING:
    import numpy.typing as npt

    from biometrics.engine.types import FloatArray, RgbImage

# Of a view: enough to see a tenth of a pixel's motion of a 640x480 frame.
SIDE = 240
# Seconds from one view that is compared to the next: in less a head hardly moves, in more somebody
# else could sit there.
LEAST_SPAN, MOST_SPAN = 0.4, 1.5
# So many comparisons are needed before anything is said.
ENOUGH = 4
# Where points are followed, in face sides from the middle of the face: on the face, and in a ring
# beside and above the head. Below the chin is the chest, which moves with the head.
ON_FACE = np.linspace(-0.4, 0.4, 7)
RING_STEP, RING_INNER, RING_OUTER = 0.2, 0.75, 1.5
CHEST_HALF_WIDTH = 1.6
# A point that does not come back to within so many pixels was not followed.
MAX_RETURN_ERROR = 1.0
LEAST_POINTS = 4
WINDOW = {"winSize": (15, 15), "maxLevel": 3}
# Limits of the medians, chosen on half of the people of Replay-Attack: see docs/liveness.md.
MAX_BESIDE = 0.0012
MIN_FACE = 0.0015
MIN_WITHIN = 0.001


@dataclass(frozen=True, slots=True)
class Motion:
    """From one view to the next, all in widths of the face, NaN where nothing could be followed.

    `beside` is how far what is beside the head moved, `face` how far the face moved against it, and
    `within` how far parts of the face moved against the face.
    """

    beside: float
    face: float
    within: float


@dataclass(frozen=True, slots=True)
class MotionWatch:
    """What is remembered: the last view that was compared, when it came, and all motions."""

    view: View | None = None
    seen_at: float = 0.0
    motions: tuple[Motion, ...] = ()
    unseen: int = 0

    @property
    def is_enough(self) -> bool:
        """Whether there is enough to say that nothing is odd."""
        return len(self.motions) >= ENOUGH

    @property
    def is_odd(self) -> bool:
        """Whether the motions are not those of a person before a camera that stands.

        What cannot be measured is odd as well.
        """
        if self.unseen >= ENOUGH:
            return True
        if not self.is_enough:
            return False
        beside, face, within = (
            median(getattr(motion, name) for motion in self.motions)
            for name in ("beside", "face", "within")
        )
        calm = beside <= MAX_BESIDE
        return not (calm and face >= MIN_FACE and within >= MIN_WITHIN)


def view_of(image: RgbImage, box: Box) -> View:
    """The view of a frame: (height, width, 3) uint8 in RGB, and the face in its pixels."""
    scale = min(1.0, SIDE / min(image.shape[:2]))
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if scale < 1 else image
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    edges = (box.left * scale, box.top * scale, box.right * scale, box.bottom * scale)
    return View(grey, Box(*edges))


def look(watch: MotionWatch, view: View | None, *, now: float) -> MotionWatch:
    """Take in the view of the next good frame at `now` (seconds); None if it has none."""
    if view is None:
        return replace(watch, view=None, unseen=watch.unseen + 1)
    span = now - watch.seen_at
    if watch.view is None or span > MOST_SPAN or watch.view.grey.shape != view.grey.shape:
        return replace(watch, view=view, seen_at=now)
    if span < LEAST_SPAN:
        return watch
    motion = between(watch.view, view)
    return replace(watch, view=view, seen_at=now, motions=(*watch.motions, motion))


def between(before: View, now: View) -> Motion:
    """The motion from one view to the next, of equal sizes."""
    on_face, beside = _places(before)
    moved_face, moved_beside = (_followed(before, now, places) for places in (on_face, beside))
    width = max(before.box.width, 1.0)
    if len(moved_face) < LEAST_POINTS or len(moved_beside) < LEAST_POINTS:
        return Motion(*(float("inf"), 0.0, 0.0))
    face, background = np.median(moved_face, axis=0), np.median(moved_beside, axis=0)
    within = np.median(np.linalg.norm(moved_face - face, axis=1))
    return Motion(
        beside=float(np.linalg.norm(background)) / width,
        face=float(np.linalg.norm(face - background)) / width,
        within=float(within) / width,
    )


def _places(view: View) -> tuple[FloatArray, FloatArray]:
    """The points on the face and those beside the head that lie in the picture, (n, 2) each."""
    across, down = np.meshgrid(ON_FACE, ON_FACE)
    face = np.stack([across.ravel(), down.ravel()], axis=1)
    steps = np.arange(-RING_OUTER, RING_OUTER + 1e-6, RING_STEP)
    across, down = np.meshgrid(steps, steps)
    away = np.maximum(np.abs(across), np.abs(down))
    chest = (down > 0) & (np.abs(across) < CHEST_HALF_WIDTH)
    ring = (away > RING_INNER) & ~chest
    beside = np.stack([across[ring], down[ring]], axis=1)
    return _in_picture(view, face), _in_picture(view, beside)


def _in_picture(view: View, places: npt.NDArray[np.float64]) -> FloatArray:
    points = places * (view.box.width, view.box.height) + view.box.centre
    height, width = view.grey.shape
    inside = (points > 4).all(axis=1) & (points < (width - 5, height - 5)).all(axis=1)
    return np.asarray(points[inside], dtype=np.float32)


def _followed(before: View, now: View, points: FloatArray) -> FloatArray:
    """How far the points moved, (n, 2) in pixels, of those that could be followed there and back.

    Lucas and Kanade with pyramids.
    """
    if not len(points):
        return points
    start = points[:, None]
    there, _, _ = cv2.calcOpticalFlowPyrLK(before.grey, now.grey, start, None, **WINDOW)  # type: ignore[call-overload]
    back, _, _ = cv2.calcOpticalFlowPyrLK(now.grey, before.grey, there, None, **WINDOW)  # type: ignore[call-overload]
    returned = np.abs(back - start).reshape(-1, 2).max(axis=1) < MAX_RETURN_ERROR
    return np.asarray((there - start).reshape(-1, 2)[returned], dtype=np.float32)
