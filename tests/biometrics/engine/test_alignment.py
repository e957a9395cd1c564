from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometrics.engine.alignment import ALIGNMENTS, ARCFACE, crop_by_points, similarity


@given(
    scale=st.floats(0.1, 10),
    turn=st.floats(-3, 3),
    across=st.floats(-500, 500),
    down=st.floats(-500, 500),
)
def test_a_similarity_is_found_again(scale, turn, across, down):
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    moved = ARCFACE.points @ np.array([[cos, sin], [-sin, cos]]) + [across, down]

    found = similarity(moved.astype(np.float32), ARCFACE.points)

    back = moved @ found[:, :2].T + found[:, 2]
    assert back == pytest.approx(ARCFACE.points, abs=0.05)


@pytest.mark.parametrize("scale", [0.5, 1, 2.5, 6])
def test_a_crop_holds_the_same_at_every_scale(scale):
    """A bright spot at the nose stays at the template's nose."""
    side = int(400 * scale)
    points = (ARCFACE.points * 2 + 80) * scale
    ys, xs = np.mgrid[:side, :side]
    distance = np.hypot(xs - points[2, 0], ys - points[2, 1])
    image = np.repeat((255 * (distance < 12 * scale))[:, :, None], 3, axis=2).astype(np.uint8)

    crop = crop_by_points(image, points.astype(np.float32), ARCFACE)

    bright = np.argwhere(crop[:, :, 0] > 127).mean(axis=0)[::-1]
    assert crop.shape == (112, 112, 3)
    assert bright == pytest.approx(ARCFACE.points[2], abs=0.8)


@pytest.mark.parametrize("name", ALIGNMENTS)
def test_templates_lie_inside_their_squares(name):
    alignment = ALIGNMENTS[name]

    assert len(alignment.points) == len(alignment.vertices)
    assert (alignment.points > 0).all()
    assert (alignment.points < alignment.side).all()
