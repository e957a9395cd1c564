"""models/liveness.tflite with its card: converted from the published weights, then calibrated."""

from __future__ import annotations

import hashlib
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from biometrics.engine.artifacts import read_card
from biometrics.engine.errors import ArtifactRefused
from biometrics.engine.pad.texture import ARTIFACT, ENLARGEMENT, SIDE
from biometrics.engine.whole_files import write_atomically, write_card
from biometrics.training.conversion.convolution_graph import Stored, export_tflite, run_tflite
from biometrics.training.conversion.registry_file import NpmFile
from biometrics.training.liveness import network as liveness_network

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from biometrics.engine.types import FloatArray

SOURCE = NpmFile(
    package="faceplugin-face-recognition-js",
    version="0.0.1",
    path="package/model/fr_liveness.onnx",
    sha256="afa783b7e902fdfcf323a7240cac2a1c580c25314ea4161129dc1b0d100dc32d",
)
SAMPLES = 4
# Logits reach about 10; float16 weights move them in the second decimal.
MAX_FULL_DIFFERENCE = 1e-3
MAX_HALF_DIFFERENCE = 0.1


def convert(models_dir: Path, *, today: date) -> dict[str, Any]:
    """Write the network and its card, and return the card.

    The card has no threshold yet: the engine refuses it until `set_operating_point` is called.
    Raises ArtifactRefused if the download fails or the network changed in conversion.
    """
    with TemporaryDirectory() as folder:
        published = Path(folder) / "liveness.onnx"
        published.write_bytes(SOURCE.fetch())
        model = liveness_network.build()
        liveness_network.load_published(model, liveness_network.read_published(published))
        pictures = sample_pictures()
        expected = liveness_network.reference_logits(published, pictures)
    exact = _difference(export_tflite(model, Stored.FLOAT32), pictures, expected)
    network = export_tflite(model)
    stored = _difference(network, pictures, expected)
    if exact > MAX_FULL_DIFFERENCE or stored > MAX_HALF_DIFFERENCE:
        raise ArtifactRefused(f"the network changed in conversion by {exact:.2g}, {stored:.2g}")
    card = network_card(network, today) | {
        "origin": "MiniFASNet type, weights as published, not trained further",
        "command": "manage.py build_liveness",
        "difference_to_original": {
            "measure": f"largest difference of a logit over {SAMPLES} random pictures",
            "float32": float(f"{exact:.3g}"),
            "stored": float(f"{stored:.3g}"),
        },
    }
    write_atomically(models_dir / f"{ARTIFACT}.tflite", network)
    write_card(models_dir, ARTIFACT, card)
    return card


def set_operating_point(models_dir: Path, point: Mapping[str, Any]) -> None:
    """Add the threshold, with the data that it comes from, to the card.

    Raises ArtifactRefused if there is no card.
    """
    card = {**read_card(models_dir, ARTIFACT), "operating_point": dict(point)}
    write_card(models_dir, ARTIFACT, card)


def sample_pictures() -> FloatArray:
    """(SAMPLES, SIDE, SIDE, 3) float32: smooth random pictures with whole values from 0 to 255."""
    random = np.random.default_rng(0)
    coarse = random.integers(0, 256, size=(SAMPLES, SIDE // 8, SIDE // 8, 3))
    return coarse.repeat(8, axis=1).repeat(8, axis=2).astype(np.float32)


def _difference(network: bytes, pictures: FloatArray, expected: FloatArray) -> float:
    return float(np.abs(run_tflite(network, list(pictures)) - expected).max())


def network_card(network: bytes, today: date) -> dict[str, Any]:
    """What the card says of the network, with or without further training."""
    return {
        "name": ARTIFACT,
        "sha256": hashlib.sha256(network).hexdigest(),
        "bytes": len(network),
        "weights": "float16, computed in float32",
        "input": {
            "layout": "1 x side x side x 3, RGB, 0 to 255",
            "side": SIDE,
            "crop": f"square of {ENLARGEMENT} face boxes, moved and shrunk to stay in the frame",
        },
        "output": "three logits; the softmax share of the first is the score, higher is bona fide",
        "source": {
            "registry": "npm",
            "package": SOURCE.package,
            "version": SOURCE.version,
            "path": SOURCE.path,
            "sha256": SOURCE.sha256,
        },
        "licence": "MIT, as stated by the package; its title to the weights is not proven.",
        "training_data": "Of the published weights: not stated by the package.",
        "made": today.isoformat(),
        "made_with": {name: metadata.version(name) for name in ("tensorflow", "keras", "numpy")},
    }
