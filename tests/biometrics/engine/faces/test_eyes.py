from __future__ import annotations

from biometrics.engine.faces.eyes import OPEN
from biometrics.engine.types import Hint

PERSON = "person_b/bona_fide.mp4"
SHUT, AGAIN_OPEN = slice(492, 496), slice(497, 502)


def openness(engine, frames):
    return [engine.process(frame, eyes=True).face.eyes_open for frame in frames]


def test_eyes_that_blink_are_seen_to_shut(engine, clip):
    frames = clip(PERSON)

    before, shut = openness(engine, frames[:5]), openness(engine, frames[SHUT])
    after = openness(engine, frames[AGAIN_OPEN])

    assert max(shut) < 0.5 * min(before)
    assert min(after) > 2 * max(shut)
    assert abs(sum(before) / len(before) - OPEN) < 0.1


def test_shut_eyes_are_told_to_open(engine, clip):
    frame = clip(PERSON)[493]

    assert engine.process(frame, eyes=True).quality.hint is Hint.OPEN_EYES
    assert engine.process(frame).quality.hint is Hint.NONE
    assert engine.process(frame).face.eyes_open is None


def test_a_photo_with_shut_eyes_is_not_enrolled(engine, clip):
    assert engine.enrol(clip(PERSON)[493]).refusal is Hint.OPEN_EYES
