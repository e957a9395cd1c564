"""A convolutional network as a list of steps, rebuilt in Keras and exported to TFLite.

Readers turn the graphs of other formats into these steps. All weights are float32.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
from ai_edge_litert.interpreter import Interpreter

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Weights = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Convolution:
    """`kernel` is (height, width, inputs, outputs), or (height, width, channels, 1) if depthwise.

    `pads` are the numbers of zeros at the top, left, bottom and right.
    """

    source: str
    output: str
    kernel: Weights
    bias: Weights
    stride: int
    pads: tuple[int, int, int, int]
    depthwise: bool


@dataclass(frozen=True, slots=True, eq=False)
class ParametricRelu:
    """Negative values times the `slope` (channels,) of their channel."""

    source: str
    output: str
    slope: Weights


@dataclass(frozen=True, slots=True)
class Addition:
    """The sum of two maps of one shape."""

    sources: tuple[str, str]
    output: str


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """Each channel times its `factor`, plus its `offset`; both (channels,)."""

    source: str
    output: str
    factor: Weights
    offset: Weights


@dataclass(frozen=True, slots=True)
class Flattening:
    """Maps as one row of numbers, channels last."""

    source: str
    output: str


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """`kernel` is (inputs, outputs); the inputs are flattened with channels last."""

    source: str
    output: str
    kernel: Weights
    bias: Weights


Step = Convolution | ParametricRelu | Addition | Scaling | Flattening | Dense


@dataclass(frozen=True, slots=True)
class ConvolutionGraph:
    """`steps` are ordered so that each step's sources exist; the last output is the result.

    `input_shape` is (height, width, channels).
    """

    source: str
    input_shape: tuple[int, int, int]
    steps: tuple[Step, ...]


def build_keras(graph: ConvolutionGraph) -> Any:
    """A keras.Model with a batch of one: (1, *input_shape) float32 -> the last step's output."""
    import keras  # noqa: PLC0415 (TensorFlow)

    inputs = keras.Input(batch_shape=(1, *graph.input_shape))
    values = {graph.source: inputs}
    for step in graph.steps:
        values[step.output] = _apply(keras.layers, step, values)
    return keras.Model(inputs, values[graph.steps[-1].output])


def _apply(layers: Any, step: Step, values: dict[str, Any]) -> Any:
    match step:
        case Convolution():
            return _convolve(layers, step, values[step.source])
        case ParametricRelu():
            layer = layers.PReLU(shared_axes=[1, 2])
            result = layer(values[step.source])
            layer.set_weights([step.slope.reshape(1, 1, -1)])
            return result
        case Addition():
            return layers.Add()([values[name] for name in step.sources])
        case Scaling():
            return _scale(layers, step, values[step.source])
        case Flattening():
            return layers.Flatten()(values[step.source])
        case Dense():
            layer = layers.Dense(step.kernel.shape[1])
            result = layer(values[step.source])
            layer.set_weights([step.kernel, step.bias])
            return result


def _convolve(layers: Any, step: Convolution, value: Any) -> Any:
    height, width, _, outputs = step.kernel.shape
    top, left, bottom, right = step.pads
    same = step.stride == 1 and step.pads == ((height - 1) // 2, (width - 1) // 2) * 2
    if any(step.pads) and not same:
        value = layers.ZeroPadding2D(((top, bottom), (left, right)))(value)
    padding = "same" if same else "valid"
    if step.depthwise:
        layer = layers.DepthwiseConv2D((height, width), step.stride, padding)
    else:
        layer = layers.Conv2D(outputs, (height, width), step.stride, padding)
    result = layer(value)
    layer.set_weights([step.kernel, step.bias])
    return result


def _scale(layers: Any, step: Scaling, value: Any) -> Any:
    """A batch normalisation with mean 0 and variance 1, which converters merge with neighbours."""
    layer = layers.BatchNormalization(epsilon=0.0)
    result = layer(value)
    ones = np.ones_like(step.factor)
    layer.set_weights([step.factor, step.offset, 0 * ones, ones])
    return result


def swap_input_channels(graph: ConvolutionGraph) -> ConvolutionGraph:
    """The same network for RGB input instead of BGR, or the other way round.

    The result is exact: only the first kernel is reversed.
    """
    steps = tuple(
        replace(step, kernel=step.kernel[:, :, ::-1]) if _is_first(step, graph) else step
        for step in graph.steps
    )
    return replace(graph, steps=steps)


def _is_first(step: Step, graph: ConvolutionGraph) -> TypeGuard[Convolution]:
    return isinstance(step, Convolution) and step.source == graph.source


class Stored(StrEnum):
    """How an exported network keeps its weights."""

    FLOAT32 = "float32"
    FLOAT16 = "float16"
    INT8 = "int8"


def export_tflite(model: Any, stored: Stored = Stored.FLOAT16) -> bytes:
    """A keras.Model as a TFLite file. Inputs and outputs are float32 however weights are stored."""
    import tensorflow as tf  # noqa: PLC0415 (only training needs it)

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if stored is not Stored.FLOAT32:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if stored is Stored.FLOAT16:
        converter.target_spec.supported_types = [tf.float16]
    return bytes(converter.convert())


def run_tflite(content: bytes, inputs: Sequence[Weights], *, batch: int = 1) -> Weights:
    """(n, length): the outputs of a TFLite file for inputs (height, width, channels) float32.

    The interpreter is the one that serves. Each input fills all of the network's `batch`.
    """
    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    source = interpreter.get_input_details()[0]["index"]
    result = interpreter.get_output_details()[0]["index"]
    rows = []
    for item in inputs:
        interpreter.set_tensor(source, np.stack([item] * batch))
        interpreter.invoke()
        rows.append(interpreter.get_tensor(result)[0])
    return np.stack(rows)
