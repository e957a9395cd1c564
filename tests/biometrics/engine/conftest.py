from __future__ import annotations

import shutil

import cv2
import pytest

from biometrics.engine.pipeline import Engine
from tests.support.places import MODELS, SHARED_DATA


@pytest.fixture(scope="session")
def models_dir():
    return MODELS


@pytest.fixture
def models(models_dir, tmp_path):
    """A copy to break."""
    folder = tmp_path / "models"
    shutil.copytree(models_dir, folder)
    return folder


@pytest.fixture(scope="session")
def shared_data():
    if not SHARED_DATA.is_dir():
        pytest.skip("The research data is not beside the project.")
    return SHARED_DATA


@pytest.fixture(scope="session")
def engine():
    return Engine.load(MODELS, pad=False)


@pytest.fixture(scope="session")
def clip(shared_data):
    """The frames of a clip as JPEGs that a browser would send, longer side 640."""

    def frames(name, *, every=1, most=10_000):
        reader = cv2.VideoCapture(str(shared_data / "video" / name))
        found = []
        at = 0
        while len(found) < most:
            ok, image = reader.read()
            if not ok:
                break
            if at % every == 0:
                found.append(as_jpeg(image))
            at += 1
        reader.release()
        return found

    return frames


def as_jpeg(image, *, longer_side=640, quality=85):
    """An OpenCV (BGR) picture, scaled and encoded."""
    scale = longer_side / max(image.shape[:2])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
