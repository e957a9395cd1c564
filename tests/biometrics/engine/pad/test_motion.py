from __future__ import annotations

import numpy as np
import pytest

from biometrics.engine.pad import motion
from biometrics.engine.pad.motion import MotionWatch
from biometrics.engine.types import Box, RgbImage, View
from tests.support.drawn_views import FACE, held, living, standing

STEP = 0.5


def watched(views, *, step=STEP):
    watch = MotionWatch()
    for number, view in enumerate(views):
        watch = motion.look(watch, view, now=number * step)
    return watch


def test_a_head_that_moves_before_a_wall_is_not_odd():
    watch = watched(living(phase) for phase in range(8))

    assert watch.is_enough
    assert not watch.is_odd


@pytest.mark.parametrize("kind", [held, standing])
def test_a_picture_in_a_hand_or_on_a_stand_is_odd(kind):
    assert watched(kind(phase) for phase in range(8)).is_odd


def test_a_film_whose_frame_moves_is_odd_although_the_face_moves_in_it():
    def shaken(phase):
        view = living(phase)
        grey = np.roll(view.grey, (phase % 3, phase % 4), axis=(0, 1))
        return View(grey, view.box)

    assert watched(shaken(phase) for phase in range(8)).is_odd


def test_nothing_is_said_before_there_is_enough():
    watch = watched(held(phase) for phase in range(motion.ENOUGH))

    assert not watch.is_enough
    assert not watch.is_odd


def test_views_that_come_too_soon_are_passed_over_and_late_ones_begin_anew():
    soon = watched((living(phase) for phase in range(5)), step=0.1)
    late = watched((living(phase) for phase in range(5)), step=2.0)

    assert len(soon.motions) == 1
    assert late.motions == ()


def test_what_cannot_be_measured_is_odd():
    assert watched([None] * motion.ENOUGH).is_odd
    filled = [View(living(phase).grey, Box(-60, -60, 380, 300)) for phase in range(8)]
    assert watched(filled).is_odd


def test_motions_are_in_widths_of_the_face():
    before = held(3)
    now = View(np.roll(before.grey, 4, axis=1), FACE)

    found = motion.between(before, now)

    assert found.beside == pytest.approx(4 / FACE.width, rel=0.02)
    assert found.face == pytest.approx(0, abs=2e-3)
    assert found.within == pytest.approx(0, abs=2e-3)


def test_a_view_is_small_and_its_face_goes_with_it():
    image = RgbImage(np.zeros((960, 1280, 3), np.uint8))

    view = motion.view_of(image, Box(400, 200, 800, 700))

    assert view.grey.shape == (240, 320)
    assert view.box == Box(100, 50, 200, 175)
