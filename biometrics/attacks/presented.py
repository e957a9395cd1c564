"""A face on paper or on a display, held before a camera in some room: simulated.

`recapture` gives a picture the surface of paper or of a screen. Here it also gets edges, a bend,
hands and a room behind it, which is most of what a network that sees the surroundings can use.
Pictures are (height, width, 3) in RGB; uint8, or float32 with values from 0 to 255 on the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from biometrics.attacks import recapture
from biometrics.engine.types import Box, RgbImage

if TYPE_CHECKING:
    from biometrics.engine.types import FloatArray

    Random = np.random.Generator

# The side of the scene in pixels: about twice what the network sees.
SCENE = 288
# The width of the shown picture, in face sides, and its height over its width: telephones upright
# and on their side, tablets, sheets, monitors.
SHOWN_WIDTHS = (1.2, 3.2)
SHAPES = (2.0, 1.78, 1.41, 1.33, 1.0, 0.75, 0.6)
# The width of the scene, in face sides: the network's crop of 2.7 then holds some, all or no edge.
SCENE_WIDTHS = (2.6, 4.2)
MAX_TILT = 12.0
MAX_CORNER = 0.05
MAX_BEND = 0.08
HAND_SHARE = 0.4
FULL_VIEW_SHARE = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """`image` (height, width, 3) uint8 with the face at `box`."""

    image: RgbImage
    box: Box


def presented(image: RgbImage, box: Box, room: RgbImage, rng: Random) -> Scene:
    """`image` with a face at `box`, on paper or on a display in front of `room`.

    Any sizes are accepted. The scene is SCENE pixels a side, or as large as `image` where the
    camera is so near that no edge is in view.
    """
    on_paper = bool(rng.random() < 0.5)
    if rng.random() < FULL_VIEW_SHARE:
        # So near that no edge is in view: only the surface gives it away.
        flat = (recapture.printed if on_paper else recapture.on_screen)(image, rng)
        return Scene(RgbImage(flat), box)
    shown, face = _cut(image, box, rng)
    surface = recapture.paper_surface if on_paper else recapture.screen_surface
    sheet, face = _framed(surface(shown, rng), face, on_paper, rng)
    if on_paper and rng.random() < 0.5:
        sheet = _bent(sheet, rng)
    scene, corners = _placed(sheet, face, _room(room, on_paper, rng), rng)
    if rng.random() < HAND_SHARE:
        scene = _held(scene, corners.outline, rng)
    return Scene(RgbImage(recapture.camera(scene, rng)), corners.face)


def _cut(image: RgbImage, box: Box, rng: Random) -> tuple[RgbImage, Box]:
    """The part of the picture that is shown, and the face in it. Missing parts repeat the edge."""
    side = max(box.width, box.height)
    width = side * rng.uniform(*SHOWN_WIDTHS)
    height = max(side * 1.2, width * float(rng.choice(SHAPES)))
    across, down = box.centre
    left = across - width * rng.uniform(0.42, 0.58)
    top = down - height * rng.uniform(0.4, 0.55)
    scale = SCENE / max(width, height)
    move = np.array([[scale, 0, -left * scale], [0, scale, -top * scale]], dtype=np.float32)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    shown = cv2.warpAffine(image, move, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    face = Box(
        (box.left - left) * scale,
        (box.top - top) * scale,
        (box.right - left) * scale,
        (box.bottom - top) * scale,
    )
    return RgbImage(np.asarray(shown, dtype=np.uint8)), face


def _framed(shown: FloatArray, face: Box, on_paper: bool, rng: Random) -> tuple[FloatArray, Box]:
    """A margin of paper or a bezel. A third of the sheets has none."""
    if rng.random() < 0.3:
        return shown, face
    grey = rng.uniform(190, 250) if on_paper or rng.random() < 0.2 else rng.uniform(5, 50)
    sides = [int(rng.uniform(0, 0.12) * max(shown.shape[:2])) for _ in range(4)]
    top, bottom, left, right = sides
    value = (grey,) * 3
    sheet = cv2.copyMakeBorder(shown, top, bottom, left, right, cv2.BORDER_CONSTANT, value=value)
    moved = Box(face.left + left, face.top + top, face.right + left, face.bottom + top)
    return np.asarray(sheet, dtype=np.float32), moved


def _bent(sheet: FloatArray, rng: Random) -> FloatArray:
    """Paper that curves towards or away from the camera, about a vertical or horizontal line."""
    height, width = sheet.shape[:2]
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    bend = np.float32(rng.uniform(-MAX_BEND, MAX_BEND))
    if rng.random() < 0.5:
        rows = rows + bend * height * np.sin(np.pi * columns / width)
    else:
        columns = columns + bend * width * np.sin(np.pi * rows / height)
    moved = cv2.remap(sheet, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.float32)


def _room(room: RgbImage, on_paper: bool, rng: Random) -> FloatArray:
    """The background: out of focus, and often dark behind a bright display."""
    height, width = room.shape[:2]
    side = min(height, width)
    top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    part = cv2.resize(room[top : top + side, left : left + side], (SCENE, SCENE))
    soft = cv2.GaussianBlur(part, (0, 0), rng.uniform(1, 6)).astype(np.float32)
    light = rng.uniform(0.4, 1.1) if on_paper else rng.uniform(0.1, 1.0)
    return np.asarray(soft * np.float32(light), dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Corners:
    outline: FloatArray
    face: Box


def _placed(
    sheet: FloatArray, face: Box, room: FloatArray, rng: Random
) -> tuple[FloatArray, _Corners]:
    """The sheet over the room, tilted, with the face near the middle."""
    height, width = sheet.shape[:2]
    scale = SCENE / rng.uniform(*SCENE_WIDTHS) / max(face.width, face.height)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    moved = (corners - face.centre) * scale
    moved += rng.uniform(-MAX_CORNER, MAX_CORNER, (4, 2)) * np.ptp(moved, axis=0)
    tilt = np.radians(rng.uniform(-MAX_TILT, MAX_TILT))
    turn = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
    moved = (moved @ turn + SCENE * rng.uniform(0.42, 0.58, 2)).astype(np.float32)
    warp = cv2.getPerspectiveTransform(corners, moved)
    size = (SCENE, SCENE)
    laid = cv2.warpPerspective(sheet, warp, size, flags=cv2.INTER_AREA)
    cover = cv2.warpPerspective(np.ones((height, width), np.float32), warp, size)[..., None]
    spots = np.array([[[face.left, face.top], [face.right, face.bottom]]], dtype=np.float32)
    (near, far) = cv2.perspectiveTransform(spots, warp)[0]
    seen = Box(float(near[0]), float(near[1]), float(far[0]), float(far[1]))
    scene = np.asarray(laid * cover + room * (1 - cover), dtype=np.float32)
    return scene, _Corners(moved, seen)


def _held(scene: FloatArray, outline: FloatArray, rng: Random) -> FloatArray:
    """Fingers over the edges: ellipses in the colour of skin, on one side or on both."""
    skin = np.array([190, 140, 115]) * rng.uniform(0.45, 1.15) + rng.normal(0, 8, 3)
    drawn = scene.copy()
    for upper, lower in ((outline[0], outline[3]), (outline[1], outline[2])):
        if rng.random() < 0.35:
            continue
        spot = upper + (lower - upper) * rng.uniform(0.3, 0.9)
        for finger in range(int(rng.integers(1, 5))):
            centre = (int(spot[0]), int(spot[1] + finger * SCENE * 0.045))
            axes = (int(SCENE * rng.uniform(0.04, 0.09)), int(SCENE * 0.025))
            tone = tuple(float(part) for part in skin * rng.uniform(0.9, 1.05))
            cv2.ellipse(drawn, centre, axes, rng.uniform(-20, 20), 0, 360, tone, -1, cv2.LINE_AA)
    return drawn
