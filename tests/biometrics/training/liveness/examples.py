"""Drawn training examples of the liveness network, without people."""

from __future__ import annotations

from biometrics.engine.faces.surroundings import JPEG_QUALITY
from biometrics.engine.images import encode_jpeg, to_bgr
from biometrics.engine.types import Box
from biometrics.training.liveness.dataset import Example, Side
from tests.biometrics.engine.drawings import noise

FACE = Box(120, 80, 200, 180)


def example(
    seed: int = 0, *, bona_fide: bool = True, group: str = "room", side: Side = Side.TRAIN
) -> Example:
    return Example(
        encode_jpeg(to_bgr(noise(seed=seed)), quality=JPEG_QUALITY),
        FACE,
        bona_fide,
        "",
        group,
        side,
    )
