"""The engine on films of three people who turn their heads before a camera."""

from __future__ import annotations

import numpy as np
import pytest

from biometrics.engine.types import FrameResult, Hint
from tests.biometrics.engine.clips import BONA_FIDE_CLIPS

pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module")
def results(engine, clip):
    """Every fourth frame of three people, each frame with the face before it."""
    judged: dict[str, list[FrameResult]] = {}
    for person, name in BONA_FIDE_CLIPS.items():
        judged[person] = []
        previous = None
        for frame in clip(name, every=4):
            result = engine.process(frame, previous=previous)
            previous = result.face.box if result.face else None
            judged[person].append(result)
    return judged


@pytest.mark.parametrize("person", BONA_FIDE_CLIPS)
def test_the_face_is_found_through_head_turns(results, person):
    found = [result.face is not None for result in results[person]]

    assert np.mean(found) >= 0.98


@pytest.mark.parametrize("person", BONA_FIDE_CLIPS)
def test_frontal_frames_are_acceptable(results, person):
    frontal = [
        result
        for result in results[person]
        if result.face and abs(result.face.pose.yaw) < 20 and abs(result.face.pose.pitch) < 18
    ]

    fit = [result.quality.acceptable for result in frontal]

    assert np.mean(fit) >= (0.85 if person == "a" else 0.98)
    faults = {result.quality.hint for result in frontal} - {Hint.NONE}
    assert faults <= ({Hint.TURN_TO_LIGHT} if person == "a" else {Hint.CENTRE})


def test_a_turned_head_is_asked_to_look_at_the_camera(results):
    turned = [r for r in results["b"] if r.face and abs(r.face.pose.yaw) > 35]

    hints = {result.quality.hint for result in turned}

    assert turned
    assert hints <= {Hint.LOOK_AT_CAMERA, Hint.CENTRE}
    assert all(result.template is None for result in turned)


def test_turns_go_both_ways_and_nods_too(results):
    poses = [result.face.pose for result in results["b"] if result.face]

    assert max(pose.yaw for pose in poses) > 35
    assert min(pose.yaw for pose in poses) < -18
    assert max(pose.pitch for pose in poses) > 20
    assert min(pose.pitch for pose in poses) < -20
