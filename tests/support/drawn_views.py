"""Small grey pictures of a drawn face before a drawn wall, without people, for cues of motion."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from biometrics.engine.types import Box, View

HEIGHT, WIDTH = 240, 320
FACE = Box(120, 70, 200, 170)
PHASES = 64
WALL, HEAD = 1, 2


@cache
def living(phase: int) -> View:
    """A head that moves before a wall that stands, and in itself; another phase, another place."""
    across, down = _place(phase, reach=3.0)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    # A face does not move as one piece: what is far from its middle goes further.
    spread = 1 + 0.02 * _place(phase + PHASES, reach=1.0)[0]
    middle = FACE.centre
    head = _pattern(HEAD)
    moved = cv2.remap(
        head,
        ((columns - middle[0]) / np.float32(spread) + middle[0] - np.float32(across)),
        ((rows - middle[1]) / np.float32(spread) + middle[1] - np.float32(down)),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )
    return _before_wall(np.asarray(moved))


@cache
def held(phase: int) -> View:
    """A picture in a hand: the face and all around it move alike."""
    across, down = _place(phase, reach=3.0)
    still = _before_wall(_pattern(HEAD)).grey
    move = np.array([[1, 0, across], [0, 1, down]], dtype=np.float32)
    grey = cv2.warpAffine(still, move, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
    return View(np.asarray(grey, dtype=np.uint8), FACE)


@cache
def standing(phase: int) -> View:
    """A picture on a stand: only the sensor's noise changes."""
    noise = np.random.default_rng(phase).normal(0, 1.0, (HEIGHT, WIDTH))
    grey = _before_wall(_pattern(HEAD)).grey + noise
    return View(grey.round().clip(0, 255).astype(np.uint8), FACE)


def _place(phase: int, *, reach: float) -> tuple[float, float]:
    across, down = np.random.default_rng(phase).uniform(-reach, reach, 2)
    return float(across), float(down)


@cache
def _pattern(seed: int) -> np.ndarray:
    grain = np.random.default_rng(seed).normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32)
    soft = cv2.GaussianBlur(grain, (0, 0), 3)
    return np.asarray(128 + 45 * soft / soft.std(), dtype=np.float32)


def _before_wall(head: np.ndarray) -> View:
    grey = _pattern(WALL).copy()
    cover = np.zeros((HEIGHT, WIDTH), np.uint8)
    centre = (round(FACE.centre[0]), round(FACE.centre[1]))
    cv2.ellipse(cover, centre, (52, 66), 0, 0, 360, 1, -1)
    grey[cover == 1] = head[cover == 1]
    return View(grey.round().clip(0, 255).astype(np.uint8), FACE)
