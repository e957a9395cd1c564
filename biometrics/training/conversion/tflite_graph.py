"""Reads a MobileFaceNet that was frozen into TFLite with a batch of two.

Each of its parametric ReLUs was frozen as relu(x) + slope / 2 * (x - |x|), which are five
operations. Here they become one step again, which is also faster.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from biometrics.engine.errors import ArtifactRefused
from biometrics.training.conversion.convolution_graph import (
    Addition,
    Convolution,
    ConvolutionGraph,
    Flattening,
    ParametricRelu,
    run_tflite,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from biometrics.training.conversion.convolution_graph import Step, Weights

FROZEN_BATCH = 2
_NAMES = {
    value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)
}


@dataclass(frozen=True, slots=True)
class _Operation:
    kind: str
    inputs: tuple[int, ...]
    output: int
    options: Any


@dataclass(frozen=True, slots=True)
class _Frozen:
    """The lists of the flatbuffer."""

    model: Any
    tensors: Any
    operations: tuple[_Operation, ...]

    def weights(self, index: int) -> Weights:
        tensor = self.tensors[index]
        data = bytes(self.model.buffers[tensor.buffer].data)
        return np.frombuffer(data, dtype=np.float32).reshape(tensor.shape).copy()


def read_tflite(content: bytes) -> ConvolutionGraph:
    """The steps of a TFLite file, for a batch of one.

    Raises ArtifactRefused for a step of an unknown kind.
    """
    frozen = _parse(content)
    graph = frozen.model.subgraphs[0]
    steps = [step for at in range(len(frozen.operations)) if (step := _step(frozen, at))]
    height, width, channels = (int(side) for side in frozen.tensors[graph.inputs[0]].shape[1:])
    return ConvolutionGraph(str(graph.inputs[0]), (height, width, channels), tuple(steps))


def _parse(content: bytes) -> _Frozen:
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(content, 0))
    graph = model.subgraphs[0]
    operations = tuple(
        _Operation(
            kind=_kind(model.operatorCodes[item.opcodeIndex]),
            inputs=tuple(int(index) for index in item.inputs),
            output=int(item.outputs[0]),
            options=item.builtinOptions,
        )
        for item in graph.operators
    )
    return _Frozen(model, graph.tensors, operations)


def _kind(code: Any) -> str:
    return str(_NAMES[max(code.builtinCode, code.deprecatedBuiltinCode)])


def _step(frozen: _Frozen, at: int) -> Step | None:
    operation = frozen.operations[at]
    match operation.kind:
        case "CONV_2D" | "DEPTHWISE_CONV_2D":
            return _convolution(frozen, operation)
        case "ADD":
            return _addition(frozen, operation)
        case "RESHAPE":
            return Flattening(str(operation.inputs[0]), str(operation.output))
        case "RELU" | "ABS" | "SUB" | "MUL":
            return None  # parts of a parametric ReLU, read at its closing addition
        case unknown:
            raise ArtifactRefused(f"the network has a step of an unknown kind: {unknown}")


def _addition(frozen: _Frozen, operation: _Operation) -> Step:
    makers = {item.output: item for item in frozen.operations}
    rectified, scaled = (makers[index] for index in operation.inputs)
    if rectified.kind != "RELU":
        first, second = operation.inputs
        return Addition((str(first), str(second)), str(operation.output))
    half_slope = next(index for index in scaled.inputs if index not in makers)
    slope = 2 * frozen.weights(half_slope)
    return ParametricRelu(str(rectified.inputs[0]), str(operation.output), slope)


def _convolution(frozen: _Frozen, operation: _Operation) -> Convolution:
    depthwise = operation.kind == "DEPTHWISE_CONV_2D"
    source, kernel, bias = operation.inputs
    weights = frozen.weights(kernel)
    stride = int(operation.options.strideW)
    size = frozen.tensors[source].shape[1]
    return Convolution(
        source=str(source),
        output=str(operation.output),
        kernel=weights.transpose((1, 2, 3, 0)),
        bias=frozen.weights(bias),
        stride=stride,
        pads=_pads(operation, size=int(size), kernel=weights.shape[1]),
        depthwise=depthwise,
    )


def _pads(operation: _Operation, *, size: int, kernel: int) -> tuple[int, int, int, int]:
    if operation.options.padding == schema.Padding.VALID:
        return 0, 0, 0, 0
    stride = int(operation.options.strideW)
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    before = total // 2
    return before, before, total - before, total - before


def run_frozen(content: bytes, inputs: Sequence[Weights]) -> Weights:
    """(n, length): the frozen network's outputs for inputs (height, width, channels) float32."""
    return run_tflite(content, inputs, batch=FROZEN_BATCH)
