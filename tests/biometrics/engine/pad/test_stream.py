"""What a stream gives away: repeats, loops, cuts, stills and times that no camera makes."""

from __future__ import annotations

import numpy as np
import pytest

from biometrics.engine.pad import stream
from biometrics.engine.pad.stream import Glimpse, Watch
from biometrics.engine.types import Box, Template
from tests.biometrics.engine.clips import BONA_FIDE_CLIPS

HERE = Box(200, 100, 400, 350)
SCENE = np.random.default_rng(5).uniform(0, 255, (12, 16)).astype(np.float32)


def glimpse(number, *, fingerprint=None, box=HERE, scene=SCENE, sent=None, arrived=None):
    return Glimpse(
        digest=str(number).encode(),
        fingerprint=number * 0x9E3779B97F4A7C15 % 2**64 if fingerprint is None else fingerprint,
        scene=scene,
        box=box,
        sent=number / 10 if sent is None else sent,
        arrived=number / 10 if arrived is None else arrived,
    )


def watch(glimpses):
    seen, state = [], Watch()
    for one in glimpses:
        state, what = stream.look(state, one)
        seen.append(what)
    return state, seen


def test_a_camera_that_runs_on_is_not_refused():
    state, seen = watch(glimpse(number) for number in range(300))

    assert not state.refused
    assert not any(one.cut or one.repeated for one in seen)


def test_a_loop_is_found_though_each_picture_is_encoded_again():
    rng = np.random.default_rng(3)
    clip = [int(rng.integers(2**63)) for _ in range(40)]

    noisy = [clip[n % 40] ^ (1 << int(rng.integers(64))) for n in range(80)]
    state, _ = watch(glimpse(n, fingerprint=p) for n, p in enumerate(noisy))

    assert state.looped


def test_sitting_still_is_no_loop():
    rng = np.random.default_rng(3)

    state, _ = watch(glimpse(n, fingerprint=1 << int(rng.integers(64))) for n in range(300))

    assert not state.looped


@pytest.mark.parametrize(
    "second",
    [{"box": Box(0, 0, 60, 60)}, {"scene": SCENE[::-1].copy()}],
    ids=["the face jumps", "the scene changes"],
)
def test_a_cut_is_seen(second):
    _, seen = watch([glimpse(1), glimpse(2, **second)])

    assert seen[-1].cut


def test_a_lamp_that_is_switched_on_is_no_cut():
    _, seen = watch([glimpse(1), glimpse(2, scene=SCENE * 0.6 + 80)])

    assert not seen[-1].cut


def test_a_stream_of_cuts_is_refused():
    boxes = [HERE, Box(0, 0, 60, 60)]

    state, _ = watch(glimpse(n, box=boxes[n % 2]) for n in range(20))

    assert state.refused


@pytest.mark.parametrize(
    ("sent", "arrived"),
    [([1.0, 1.0], [1.0, 1.1]), ([1.0, 0.9], [1.0, 1.1]), ([1.0, 90.0], [1.0, 1.1])],
    ids=["no time passes", "backwards", "another clock"],
)
def test_times_that_no_camera_makes_are_the_devices_fault(sent, arrived):
    state, _ = watch(
        glimpse(n, sent=s, arrived=a) for n, (s, a) in enumerate(zip(sent, arrived, strict=True))
    )

    assert state.faulty
    assert not state.refused


def row(vectors):
    return [Template(v / np.linalg.norm(v), "e", "0" * 64) for v in vectors.astype(np.float32)]


def test_templates_that_are_all_alike_are_a_still():
    rng = np.random.default_rng(2)
    base = rng.normal(size=512)
    size = np.linalg.norm(base)

    still = row(base + rng.normal(size=(10, 512)) * size * 0.002)
    alive = row(base + rng.normal(size=(10, 512)) * size * 0.01)

    assert stream.is_still(still)
    assert not stream.is_still(alive)


@pytest.mark.parametrize("person", BONA_FIDE_CLIPS)
def test_people_before_a_camera_are_neither_cut_nor_looped(engine, clip, person):
    state = Watch()
    for number, jpeg in enumerate(clip(BONA_FIDE_CLIPS[person], every=3)):
        result = engine.process(jpeg, previous=state.last.box if state.last else None)
        state, seen = stream.look(
            state,
            Glimpse(
                jpeg[-64:] + str(number).encode(),
                result.fingerprint,
                result.scene,
                result.face.box if result.face else None,
                number / 10,
                number / 10,
            ),
        )
        assert not seen.cut

    assert not state.refused
