from __future__ import annotations

import cv2
import numpy as np
import pytest

from biometrics.engine.faces.alignment import ARCFACE
from biometrics.engine.faces.camera_quality import CameraGroup, camera_quality
from biometrics.engine.faces.skin_tone import SkinGroup, skin_group, typology_angle
from biometrics.engine.types import Box, Landmarks, RgbImage

FACE = Box(40, 40, 200, 200)


def grainy(deviation: float, *, seed: int = 0) -> RgbImage:
    noise = np.random.default_rng(seed).normal(128, deviation, (240, 240, 1))
    return RgbImage(np.repeat(noise, 3, axis=2).round().clip(0, 255).astype(np.uint8))


def compressed(image: RgbImage, quality: int) -> RgbImage:
    data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return RgbImage(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8))


@pytest.mark.parametrize("deviation", [2.0, 6.0, 12.0])
def test_noise_is_its_standard_deviation(deviation):
    assert camera_quality(grainy(deviation), FACE).noise == pytest.approx(deviation, rel=0.15)


def test_strong_compression_shows_as_blocks():
    picture = RgbImage(cv2.GaussianBlur(grainy(60), (0, 0), 3).astype(np.uint8))

    assert camera_quality(picture, FACE).blockiness == pytest.approx(1.0, abs=0.1)
    assert camera_quality(compressed(picture, 8), FACE).blockiness > 1.3


def test_a_soft_picture_has_little_detail():
    soft = RgbImage(cv2.GaussianBlur(grainy(20), (0, 0), 4).astype(np.uint8))

    assert camera_quality(soft, FACE).group is CameraGroup.LOW
    assert camera_quality(grainy(20), FACE).group is CameraGroup.HIGH


def test_a_face_outside_the_picture_is_refused():
    with pytest.raises(ValueError, match="not in the picture"):
        camera_quality(grainy(1), Box(300, 300, 400, 400))


@pytest.mark.parametrize(
    ("colour", "group"),
    [
        ((240, 214, 196), SkinGroup.VERY_LIGHT),
        ((198, 150, 120), SkinGroup.INTERMEDIATE),
        ((80, 50, 35), SkinGroup.DARK),
    ],
)
def test_skins_are_told_by_the_colour_of_the_cheeks(colour, group):
    points = np.zeros((468, 3), np.float32)
    for group_of_points, place in zip(ARCFACE.vertices, ARCFACE.points, strict=True):
        points[list(group_of_points), :2] = place + 100
    picture = RgbImage(np.full((300, 300, 3), colour, np.uint8))

    assert skin_group(typology_angle(picture, Landmarks(points, 1.0))) is group
