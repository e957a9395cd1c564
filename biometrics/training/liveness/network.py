"""The liveness network: a Keras model of MiniFASNet type, and how the published weights get in.

The input is (n, 128, 128, 3) float32 in RGB with values from 0 to 255. The output is (n, 3) logits;
the first class is bona fide. Batch normalisation is folded into the convolutions, as in the
published weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator

from biometrics.engine.errors import ArtifactRefused

if TYPE_CHECKING:
    from pathlib import Path

    from biometrics.engine.types import FloatArray

INPUT_SIDE = 128
# Up to this layer the published weights stay: edges and textures need not be learnt again.
LAST_FROZEN = "block_09"
CLASSES = 3
EMBEDDING = 128
SQUEEZE = 4


@dataclass(frozen=True, slots=True)
class Stage:
    """A block that halves the maps' sides and gives `channels`, then residual blocks.

    `halving_width` and `residual_widths` are the inner widths of these blocks.

    The last residual block of each stage weighs its channels (squeeze and excitation).
    """

    halving_width: int
    channels: int
    residual_widths: tuple[int, ...]


# The uneven widths are the published network's: its authors pruned it channel by channel.
STEM_CHANNELS = 32
HEAD_CHANNELS = 512
STAGES = (
    Stage(103, 64, (13, 13, 13, 13)),
    Stage(231, 128, (231, 52, 26, 77, 26, 26)),
    Stage(308, 128, (26, 26)),
)


@dataclass(slots=True)
class _Assembly:
    """Adds layers, and names them in the order in which the published graph lists its own."""

    layers: Any
    convolutions: int = 0
    activations: int = 0
    blocks: int = 0

    def convolution(self, maps: Any, channels: int) -> Any:
        return self.layers.Conv2D(channels, 1, name=self._next_convolution())(maps)

    def depthwise(self, maps: Any, *, side: int = 3, stride: int = 1, border: int = 1) -> Any:
        if border:
            # Keras' own "same" would pad an even side on one end only where it is halved.
            maps = self.layers.ZeroPadding2D(border)(maps)
        layer = self.layers.DepthwiseConv2D(side, strides=stride, name=self._next_convolution())
        return layer(maps)

    def activation(self, maps: Any) -> Any:
        name = f"prelu_{self.activations:02d}"
        self.activations += 1
        return self.layers.PReLU(shared_axes=[1, 2], name=name)(maps)

    def stem(self, picture: Any) -> Any:
        padded = self.layers.ZeroPadding2D(1)(picture)
        name = self._next_convolution()
        maps = self.layers.Conv2D(STEM_CHANNELS, 3, strides=2, name=name)(padded)
        return self.activation(self.depthwise(self.activation(maps)))

    def bottleneck(self, maps: Any, *, width: int, channels: int, stride: int) -> Any:
        maps = self.activation(self.convolution(maps, width))
        maps = self.activation(self.depthwise(maps, stride=stride))
        return self.convolution(maps, channels)

    def weighed(self, maps: Any, channels: int) -> Any:
        pooled = self.layers.GlobalAveragePooling2D(keepdims=True)(maps)
        squeezed = self.layers.ReLU()(self.convolution(pooled, channels // SQUEEZE))
        weights = self.layers.Activation("sigmoid")(self.convolution(squeezed, channels))
        return self.layers.Multiply()([maps, weights])

    def stage(self, maps: Any, stage: Stage) -> Any:
        maps = self.bottleneck(maps, width=stage.halving_width, channels=stage.channels, stride=2)
        for index, width in enumerate(stage.residual_widths, start=1):
            inner = self.bottleneck(maps, width=width, channels=stage.channels, stride=1)
            if index == len(stage.residual_widths):
                inner = self.weighed(inner, stage.channels)
            maps = self.layers.Add(name=f"block_{self.blocks:02d}")([maps, inner])
            self.blocks += 1
        return maps

    def _next_convolution(self) -> str:
        name = f"conv_{self.convolutions:02d}"
        self.convolutions += 1
        return name


def build() -> Any:
    """The untrained network: a `keras.Model` from pictures to logits."""
    import keras  # noqa: PLC0415 (TensorFlow)

    assembly = _Assembly(keras.layers)
    picture = keras.Input((INPUT_SIDE, INPUT_SIDE, 3), name="picture")
    maps = assembly.stem(picture)
    for stage in STAGES:
        maps = assembly.stage(maps, stage)
    maps = assembly.activation(assembly.convolution(maps, HEAD_CHANNELS))
    # One weight for every place of the last 8x8 maps: where a cue lies matters.
    maps = assembly.depthwise(maps, side=INPUT_SIDE // 16, border=0)
    features = keras.layers.Dense(EMBEDDING, name="embedding")(keras.layers.Flatten()(maps))
    logits = keras.layers.Dense(CLASSES, name="logits")(features)
    return keras.Model(picture, logits, name="liveness")


def halves(model: Any) -> tuple[Any, Any]:
    """The frozen front (pictures to maps) and the back (maps to logits) of a model made by `build`.

    Both share their weights with `model`.
    """
    import keras  # noqa: PLC0415 (TensorFlow)

    middle = model.get_layer(LAST_FROZEN).output
    return keras.Model(model.input, middle), keras.Model(middle, model.output)


@dataclass(frozen=True, slots=True)
class PublishedWeights:
    """The weights of the ONNX file in the order of its graph, with axes in Keras' order."""

    convolutions: tuple[tuple[FloatArray, FloatArray], ...]
    slopes: tuple[FloatArray, ...]
    embedding: tuple[FloatArray, FloatArray]
    logits: FloatArray


def read_published(path: Path) -> PublishedWeights:
    """The weights of the published network; raises ArtifactRefused for another graph."""
    graph = onnx.load(path).graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    by_type: dict[str, list[list[Any]]] = {}
    for node in graph.node:
        given = [stored[name] for name in node.input if name in stored]
        by_type.setdefault(node.op_type, []).append(given)
    try:
        (embedding,), (logits,) = by_type["MatMul"]
        (normalisation,) = by_type["BatchNormalization"]
    except (KeyError, ValueError) as error:
        raise ArtifactRefused(f"{path.name} is not the liveness network expected") from error
    return PublishedWeights(
        convolutions=tuple(
            (_keras_kernel(kernel), bias) for kernel, bias in by_type.get("Conv", [])
        ),
        slopes=tuple(slope.reshape(1, 1, -1) for (slope,) in by_type.get("PRelu", [])),
        embedding=_fold(embedding, *normalisation),
        logits=logits,
    )


def _keras_kernel(kernel: FloatArray) -> FloatArray:
    """(out, in, height, width) to (height, width, in, out); depthwise keeps its multiplier last."""
    depthwise = kernel.shape[1] == 1
    return kernel.transpose((2, 3, 0, 1) if depthwise else (2, 3, 1, 0))


def _fold(
    kernel: FloatArray, scale: FloatArray, shift: FloatArray, mean: FloatArray, variance: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """A dense layer followed by batch normalisation, as one dense layer with a bias."""
    gain = scale / np.sqrt(variance + 1e-5)
    return (kernel * gain).astype(np.float32), (shift - mean * gain).astype(np.float32)


def load_published(model: Any, weights: PublishedWeights) -> None:
    """Put the published weights into a model made by `build`."""
    for index, (kernel, bias) in enumerate(weights.convolutions):
        # The published network reads BGR; with its first kernel reversed, this one reads RGB.
        arranged = kernel[:, :, ::-1] if index == 0 else kernel
        model.get_layer(f"conv_{index:02d}").set_weights([arranged, bias])
    for index, slope in enumerate(weights.slopes):
        model.get_layer(f"prelu_{index:02d}").set_weights([slope])
    model.get_layer("embedding").set_weights(list(weights.embedding))
    model.get_layer("logits").set_weights([weights.logits, np.zeros(CLASSES, np.float32)])


def reference_logits(path: Path, pictures: FloatArray) -> FloatArray:
    """(n, 3) logits of the published file itself, for (n, 128, 128, 3) float32 pictures in RGB.

    ONNX's own reference evaluator runs the file up to its last convolution. It would run the
    batch normalisation after that as in training, so the two dense layers are computed here.
    """
    model = onnx.load(path)
    last = [node for node in model.graph.node if node.op_type == "Conv"][-1].output[0]
    model.graph.output.append(onnx.helper.make_empty_tensor_value_info(last))
    evaluator = ReferenceEvaluator(model)
    weights = read_published(path)
    rows = []
    for picture in pictures:
        answers: Any = evaluator.run(
            None, {"input": picture[None, :, :, ::-1].transpose(0, 3, 1, 2)}
        )
        kernel, bias = weights.embedding
        rows.append((answers[1].reshape(1, -1) @ kernel + bias) @ weights.logits)
    return np.concatenate(rows).astype(np.float32)
