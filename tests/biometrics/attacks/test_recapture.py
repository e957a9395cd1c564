"""Simulated papers, screens and puppets: pictures of the same size that do what they say."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from biometrics.attacks import instruments, recapture
from biometrics.attacks.puppet import EYES, Puppet
from biometrics.engine.types import Landmarks

PICTURE = np.random.default_rng(1).integers(0, 255, (480, 640, 3)).astype(np.uint8)


def mesh():
    """An ellipsoid of points, nearest in its middle."""
    rng = np.random.default_rng(2)
    x, y = rng.uniform(-60, 60, 468), rng.uniform(-80, 80, 468)
    depth = -50 * np.sqrt(np.clip(1 - (x / 60) ** 2 - (y / 80) ** 2, 0, 1))
    return np.stack([x + 320, y + 240, depth], axis=1).astype(np.float32)


@pytest.mark.parametrize("make", [recapture.printed, recapture.on_screen])
def test_a_recaptured_picture_keeps_its_size_and_follows_its_seed(make):
    one, same, other = (make(PICTURE, np.random.default_rng(seed)) for seed in (3, 3, 4))

    assert one.shape == PICTURE.shape
    assert one.dtype == np.uint8
    assert (one == same).all()
    assert (one != other).any()
    assert (one != PICTURE).any()


def test_a_puppet_that_looks_ahead_is_the_photo():
    puppet = Puppet(PICTURE, mesh())

    still = puppet.turned(yaw=0, pitch=0)

    assert np.abs(still.astype(int) - PICTURE).mean() < 1


def test_a_puppet_shuts_its_eyes_and_changes_nothing_else():
    puppet = Puppet(PICTURE, mesh())

    changed = np.abs(
        puppet.turned(yaw=0, pitch=0, shut=1.0).astype(int) - puppet.turned(yaw=0, pitch=0)
    ).any(axis=2)

    rows, columns = np.nonzero(changed)
    eyes = puppet.points[[*EYES[0][0], *EYES[0][1], *EYES[1][0], *EYES[1][1]], :2]
    reach = 0.3 * np.ptp(eyes[:, 0])
    assert changed.any()
    assert columns.min() >= eyes[:, 0].min() - reach
    assert columns.max() <= eyes[:, 0].max() + reach
    assert rows.min() >= eyes[:, 1].min() - reach
    assert rows.max() <= eyes[:, 1].max() + reach


def test_a_turned_puppet_moves_its_nose_further_than_its_ears():
    puppet = Puppet(PICTURE, mesh())
    seen = puppet._turned(np.radians(20), 0.0)
    shift = seen[:, 0] - puppet.points[:, 0]
    depth = puppet.points[:, 2]

    assert shift[depth < -40].mean() > shift[depth > -10].mean() + 5


@pytest.mark.parametrize("name", instruments.INSTRUMENTS)
def test_every_instrument_gives_frames_that_differ(name):
    target = instruments.Target(
        PICTURE, Landmarks(mesh(), 1.0), clip=(PICTURE, PICTURE[::-1].copy())
    )
    player = instruments.INSTRUMENTS[name].make(target, np.random.default_rng(5))
    asked = {"step": 1, "challenge": {"kind": "turn_left", "target": 20, "reached": 0.0}}

    frames = [player.frame(answer) for answer in ({}, asked, asked)]

    assert all(frame.startswith(b"\xff\xd8\xff") for frame in frames)
    assert frames[0] != frames[1]


def test_a_puppet_paints_the_pages_light_on_its_face():
    target = instruments.Target(PICTURE, Landmarks(mesh(), 1.0))
    asked = [{"step": 1, "challenge": {"kind": "light", "target": colour}} for colour in range(3)]
    player = instruments.Puppeteer(target, np.random.default_rng(5))

    changes = [decoded(player.frame(one)) - decoded(player.frame({})) for one in asked]

    # The picture is in the order of OpenCV: blue, green, red.
    brightest = [np.argmax(change[160:320, 260:380].mean(axis=(0, 1))) for change in changes]
    assert brightest == [2, 1, 0]
    assert all(abs(change[:60, :100].mean()) < 2 for change in changes)


def decoded(jpeg):
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), float)
