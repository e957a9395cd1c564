from __future__ import annotations

import shutil

import pytest

from biometrics.checks import check_models, check_research_models
from tests.support.places import MODELS


@pytest.fixture
def models(tmp_path, settings):
    shutil.copytree(MODELS, tmp_path / "models")
    settings.MODELS_DIR = tmp_path / "models"
    return settings.MODELS_DIR


def test_the_models_of_a_clone_are_those_of_their_cards(models):
    assert check_models(None) == []


@pytest.mark.parametrize("name", ["liveness", "encoder-sface", "encoder-arcface-512"])
def test_one_flipped_byte_is_an_error_that_names_the_file(models, name):
    path = models / f"{name}.tflite"
    content = bytearray(path.read_bytes())
    content[-100] ^= 1
    path.write_bytes(content)

    (error,) = check_models(None)

    assert error.id == "biometrics.E002"
    assert path.name in error.msg


@pytest.mark.parametrize("content", [None, '{"network_sha256": "of another"}'])
def test_means_that_are_missing_or_of_another_network_are_an_error(models, content):
    path = models / "centring-sface.json"
    path.unlink() if content is None else path.write_text(content)

    (error,) = check_models(None)

    assert error.id == "biometrics.E002"
    assert path.name in error.msg


def test_a_missing_liveness_network_is_an_error_and_never_no_check(models, settings):
    (models / "liveness.tflite").unlink()

    (error,) = check_models(None)
    settings.PAD_ENABLED = False

    assert "liveness" in error.msg
    assert check_models(None) == []


def test_an_unknown_encoder_is_named(models, settings):
    settings.ENCODER = "folklore"

    (error,) = check_models(None)

    assert "folklore" in error.msg


def test_production_is_warned_of_research_data_until_it_is_accepted(settings):
    settings.RESEARCH_MODELS_ACCEPTED = False
    (warning,) = check_research_models(None)
    settings.RESEARCH_MODELS_ACCEPTED = True

    assert warning.id == "biometrics.W001"
    assert check_research_models(None) == []
