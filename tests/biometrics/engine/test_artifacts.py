from __future__ import annotations

import json

import pytest

from biometrics.engine.artifacts import load_artifact, read_card
from biometrics.engine.errors import ArtifactRefused
from biometrics.engine.pipeline import Engine


def flip(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))


def edit(path, **changes):
    card = json.loads(path.read_text())
    path.write_text(json.dumps(card | changes))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.999])
@pytest.mark.parametrize(
    "name", ["encoder-sface", "encoder-arcface-512", "encoder-arcface-192", "encoder-dlib"]
)
def test_one_flipped_bit_in_a_network_is_refused(models, name, share):
    path = models / f"{name}.tflite"
    flip(path, int(path.stat().st_size * share))

    with pytest.raises(ArtifactRefused, match=name):
        load_artifact(models, name)


@pytest.mark.parametrize("name", ["face-detection", "face-mesh", "eye-contour"])
def test_a_packaged_network_must_be_the_one_on_the_card(models, name):
    edit(models / f"{name}.json", sha256="0" * 64)

    with pytest.raises(ArtifactRefused, match=name):
        Engine.load(models, pad=False)


@pytest.mark.parametrize(
    "file",
    [
        "encoder.json",
        "encoder-arcface-512.json",
        "encoder-arcface-512.tflite",
        "centring-arcface-512.json",
        "face-mesh.json",
        "eye-contour.json",
        "quality.json",
        "matching-arcface.json",
    ],
)
def test_a_missing_file_is_refused_by_name(models, file):
    (models / file).unlink()

    with pytest.raises(ArtifactRefused, match=file.split(".", maxsplit=1)[0]):
        Engine.load(models, encoder="arcface", pad=False)


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00"])
def test_a_broken_card_is_refused(models, text):
    (models / "face-mesh.json").write_text(text)

    with pytest.raises(ArtifactRefused, match="face-mesh"):
        Engine.load(models, pad=False)


def test_an_empty_network_is_refused_even_with_a_fitting_card(models):
    path = models / "encoder-dlib.tflite"
    path.write_bytes(b"")
    edit(
        models / "encoder-dlib.json",
        sha256="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    )

    with pytest.raises(ArtifactRefused, match="encoder-dlib"):
        Engine.load(models, encoder="dlib", pad=False)


def test_thresholds_of_other_networks_are_refused(models):
    edit(models / "matching-arcface.json", encoder_sha256="0" * 64)

    with pytest.raises(ArtifactRefused, match="matching-arcface"):
        Engine.load(models, encoder="arcface", pad=False)


@pytest.mark.parametrize("cut", [0, 1, -0.5, "high", None])
def test_a_threshold_that_cannot_be_one_is_refused(models, cut):
    edit(models / "matching-arcface.json", fused={"threshold": cut})

    with pytest.raises(ArtifactRefused, match="matching-arcface"):
        Engine.load(models, encoder="arcface", pad=False)


def test_an_unknown_encoder_is_refused_with_the_known_ones(models):
    with pytest.raises(ArtifactRefused, match="dlib"):
        Engine.load(models, encoder="nobody", pad=False)


def test_a_missing_attack_detector_is_never_left_out(models):
    for file in models.glob("liveness*"):
        file.unlink()

    with pytest.raises((ArtifactRefused, ImportError)):
        Engine.load(models)


ENCODERS = ("sface-arcface", "sface", "arcface", "arcface-512", "arcface-192", "dlib")


@pytest.mark.parametrize("name", ENCODERS)
def test_every_shipped_encoder_loads(models_dir, name):
    engine = Engine.load(models_dir, encoder=name, pad=False)

    assert engine.encoder_name == name
    assert len(engine.encoder_sha256) == 64
    assert {"face-detection", "face-mesh", "eye-contour"} < set(engine.hashes)


def test_encoders_are_told_apart(models_dir):
    hashes = {Engine.load(models_dir, encoder=name, pad=False).encoder_sha256 for name in ENCODERS}

    assert len(hashes) == len(ENCODERS)
    assert set(ENCODERS) == set(read_card(models_dir, "encoder")["encoders"])
