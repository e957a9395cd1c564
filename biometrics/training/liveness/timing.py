"""How long attack detection takes: crop and network, on one core."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from biometrics.engine.types import Box, RgbImage

if TYPE_CHECKING:
    from biometrics.engine.pad.texture import TexturePad

WARM_UP, RUNS = 20, 200
FACE = Box(220, 140, 420, 340)


def pad_milliseconds(pad: TexturePad) -> float:
    """The median processor time for a 640x480 frame, in milliseconds, without other processes'."""
    frame = RgbImage(np.random.default_rng(0).integers(0, 256, (480, 640, 3), dtype=np.uint8))
    times = []
    for _ in range(WARM_UP + RUNS):
        start = time.thread_time()
        pad.score(frame, FACE)
        times.append(time.thread_time() - start)
    return 1000 * median(times[WARM_UP:])
