from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometrics.engine.faces.alignment import ALIGNMENTS, ARCFACE, crop_by_points, similarity
from biometrics.engine.types import RgbImage


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
    spot = np.repeat((255 * (distance < 12 * scale))[:, :, None], 3, axis=2).astype(np.uint8)

    crop = crop_by_points(RgbImage(spot), points.astype(np.float32), ARCFACE)

    bright = np.argwhere(crop[:, :, 0] > 127).mean(axis=0)[::-1]
    assert crop.shape == (112, 112, 3)
    assert bright == pytest.approx(ARCFACE.points[2], abs=0.8)


@pytest.mark.parametrize("shift", [(0, 0), (-150, 40), (333, -90), (2000, 2000)])
@pytest.mark.parametrize("turn", [0.0, 0.6])
@pytest.mark.parametrize("scale", [2.3, 5.1])
def test_a_large_face_is_cut_out_before_it_is_shrunk_and_looks_the_same(scale, turn, shift):
    """Against the whole picture made smaller; at the edges and far outside too."""
    smooth = np.random.default_rng(3).integers(0, 255, (12, 14, 3)).astype(np.uint8)
    image = cv2.resize(smooth, (1013, 811), interpolation=cv2.INTER_CUBIC)
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    points = (ARCFACE.points * scale @ turned.T + 150 + shift).astype(np.float32)

    crop = crop_by_points(RgbImage(np.asarray(image, np.uint8)), points, ARCFACE)

    whole = cv2.warpAffine(image, similarity(points, ARCFACE.points), (112, 112))
    # One bilinear sample and the mean of a block differ by the curvature of the picture; at the
    # picture's edge, by half a block of black.
    inner = whole.min(axis=2) > 0
    assert np.abs(crop.astype(int) - whole)[inner].mean() < 3 if inner.any() else crop.max() == 0


def test_a_face_far_larger_than_the_picture_is_no_error():
    image = RgbImage(np.full((64, 64, 3), 200, dtype=np.uint8))

    crop = crop_by_points(image, ARCFACE.points * 5000, ARCFACE)

    assert crop.shape == (112, 112, 3)


@pytest.mark.parametrize("name", ALIGNMENTS)
def test_templates_lie_inside_their_squares(name):
    alignment = ALIGNMENTS[name]

    assert len(alignment.points) == len(alignment.vertices)
    assert (alignment.points > 0).all()
    assert (alignment.points < alignment.side).all()
