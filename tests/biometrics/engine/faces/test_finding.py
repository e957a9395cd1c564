from __future__ import annotations

import pytest

from biometrics.engine.faces.finding import face_to_judge, subject_of
from biometrics.engine.types import Box, Face

MIDDLE = (500, 400)


def face(centre, side):
    across, down = centre
    half = side / 2
    return Face(Box(across - half, down - half, across + half, down + half), 0.95)


def subject(*faces):
    ordered = tuple(sorted(faces, key=lambda one: one.box.area, reverse=True))
    return subject_of(ordered, width=1000, height=800)


def test_a_large_face_in_the_middle_is_the_subject_of_a_photo():
    portrait, passer_by = face(MIDDLE, 300), face((850, 400), 200)

    assert face_to_judge((portrait, passer_by)) is None
    assert subject(portrait, passer_by) is portrait


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(face((850, 400), 260), id="nearly as large"),
        pytest.param(face(MIDDLE, 200), id="nearer to the middle"),
    ],
)
def test_nobody_is_the_subject_where_it_is_not_clear(other):
    portrait = face((300, 400), 300)

    assert subject(portrait, other) is None


def test_one_face_is_the_subject_wherever_it_is_and_none_is_none():
    alone = face((100, 100), 90)

    assert subject(alone, face(MIDDLE, 30)) is alone
    assert subject() is None
