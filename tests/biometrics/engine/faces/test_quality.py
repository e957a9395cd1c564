from __future__ import annotations

from dataclasses import replace

import pytest

from biometrics.engine.faces.quality import Measurements, judge, load_policy
from biometrics.engine.types import Hint

GOOD = Measurements(
    face_share=0.5,
    face_pixels=200,
    outside=0,
    face_score=0.95,
    mesh_score=1,
    eye_shade=0.7,
    eye_contrast=0.26,
    below_eyes=0.95,
    mouth_edges=1.1,
    chin_colour=4,
    yaw=0,
    pitch=0,
    eyes_open=0.26,
    brightness=120,
    spread=40,
    backlight=1,
    clipped=0,
    sharpness=0.1,
)
FAULTS = [
    ({"face_share": 0.1}, Hint.COME_CLOSER),
    ({"face_pixels": 40}, Hint.COME_CLOSER),
    ({"face_share": 1.3}, Hint.MOVE_BACK),
    ({"outside": 0.2}, Hint.CENTRE),
    ({"brightness": 20, "spread": 4}, Hint.TOO_DARK),
    ({"brightness": 45, "spread": 4, "backlight": 8.0}, Hint.TURN_TO_LIGHT),
    ({"brightness": 20, "spread": 4, "backlight": 8.0}, Hint.TURN_TO_LIGHT),
    ({"brightness": 240}, Hint.TOO_BRIGHT),
    ({"clipped": 0.6}, Hint.TOO_BRIGHT),
    ({"yaw": 40}, Hint.LOOK_AT_CAMERA),
    ({"yaw": -40}, Hint.LOOK_AT_CAMERA),
    ({"pitch": 40}, Hint.LOOK_AT_CAMERA),
    ({"pitch": -40}, Hint.LOOK_AT_CAMERA),
    ({"face_score": 0.6}, Hint.COVERED),
    ({"mesh_score": 0.6}, Hint.COVERED),
    ({"eye_shade": 0.2, "eye_contrast": 0.06}, Hint.COVERED),
    ({"eye_contrast": 0.01}, Hint.COVERED),
    # Round dark glasses that mirror a window.
    ({"eye_shade": 0.25, "eye_contrast": 0.28, "below_eyes": 0.16}, Hint.COVERED),
    ({"mouth_edges": 0.2}, Hint.COVERED),
    ({"chin_colour": 50}, Hint.COVERED),
    ({"eyes_open": 0.05}, Hint.OPEN_EYES),
    ({"sharpness": 0.005}, Hint.BLURRED),
]


@pytest.fixture(scope="module", params=["frame", "photo"])
def policy(models_dir, request):
    return load_policy(models_dir, request.param)


def test_a_good_sample_has_no_hint(policy):
    found = judge(GOOD, policy)

    assert found.acceptable
    assert 0 < found.score <= 1


@pytest.mark.parametrize(("fault", "hint"), FAULTS)
def test_each_fault_has_its_hint(models_dir, fault, hint):
    policy = load_policy(models_dir, "frame")

    found = judge(replace(GOOD, **fault), policy)

    assert found.hint is hint
    assert not found.acceptable


@pytest.mark.parametrize(
    "dark",
    [
        {"brightness": 20, "spread": 15},
        {"brightness": 28, "spread": 27, "backlight": 4.2},
        # Under a lamp, or behind rims of glasses, eyes are dark and yet to be seen.
        {"eye_shade": 0.14, "eye_contrast": 0.17},
        # Bright cheeks alone do not hide anything.
        {"below_eyes": 0.4},
    ],
)
def test_a_dark_skin_in_which_the_face_shows_is_no_fault(policy, dark):
    assert judge(replace(GOOD, **dark), policy).acceptable


@pytest.mark.parametrize("worse", [{"yaw": 25}, {"sharpness": 0.02}, {"spread": 12}])
def test_a_worse_sample_scores_lower(policy, worse):
    good = judge(GOOD, policy)

    poor = judge(replace(GOOD, **worse), policy)

    assert poor.score < good.score
