"""Reads a face encoder's ONNX graph, and runs it with ONNX's own evaluator for comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import helper, numpy_helper, version_converter
from onnx.reference import ReferenceEvaluator

from biometrics.engine.errors import ArtifactRefused
from biometrics.training.conversion.convolution_graph import (
    Addition,
    Convolution,
    ConvolutionGraph,
    Dense,
    Flattening,
    ParametricRelu,
    Scaling,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from biometrics.training.conversion.convolution_graph import Step, Weights

EVALUATED_OPSET = 15


def read_onnx(content: bytes) -> ConvolutionGraph:
    """The steps of an ONNX file, with channels last.

    Raises ArtifactRefused for a step of an unknown kind.
    """
    graph = onnx.load_model_from_string(content).graph
    weights = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    source = _source(graph)
    dims = [dim.dim_value for dim in source.type.tensor_type.shape.dim]
    reader = _Reader(weights, {source.name: dims[1]})
    steps = tuple(reader.read(node) for node in graph.node)
    return ConvolutionGraph(source.name, (dims[2], dims[3], dims[1]), steps)


def _source(graph: Any) -> Any:
    """The graph's input. Older graphs list their weights among the inputs."""
    weights = {item.name for item in graph.initializer}
    return next(value for value in graph.input if value.name not in weights)


@dataclass(frozen=True, slots=True)
class _Reader:
    """`channels` has the number of channels of each value read so far, also of flattened ones."""

    weights: dict[str, Weights]
    channels: dict[str, int]

    def read(self, node: Any) -> Step:
        step = self._step(node)
        self.channels[node.output[0]] = self._width(step, self.channels[node.input[0]])
        return step

    def _width(self, step: Step, before: int) -> int:
        match step:
            case Convolution() | Dense():
                return len(step.bias)
            case _:
                return before

    def _step(self, node: Any) -> Step:
        source, output = node.input[0], node.output[0]
        match node.op_type:
            case "Conv":
                return self._convolution(node)
            case "PRelu":
                return ParametricRelu(source, output, self.weights[node.input[1]].ravel())
            case "Add":
                return Addition((source, node.input[1]), output)
            case "Sub":
                return self._scaling(node, 1, -self.weights[node.input[1]])
            case "Mul":
                return self._scaling(node, self.weights[node.input[1]], 0)
            case "BatchNormalization":
                return self._normalisation(node)
            case "Reshape" | "Flatten":
                return Flattening(source, output)
            case "Dropout":  # does nothing after training
                return self._scaling(node, 1, 0)
            case "Gemm":
                return self._dense(node)
            case unknown:
                raise ArtifactRefused(f"the graph has a step of an unknown kind: {unknown}")

    def _scaling(self, node: Any, factor: Weights | int, offset: Weights | int) -> Scaling:
        shape = self.channels[node.input[0]]
        return Scaling(
            source=node.input[0],
            output=node.output[0],
            factor=np.full(shape, factor, dtype=np.float32),
            offset=np.full(shape, offset, dtype=np.float32),
        )

    def _normalisation(self, node: Any) -> Scaling:
        gamma, beta, mean, variance = (self.weights[name] for name in node.input[1:])
        factor = gamma / np.sqrt(variance + _attributes(node)["epsilon"])
        return self._scaling(node, factor, beta - mean * factor)

    def _dense(self, node: Any) -> Dense:
        """A dense layer for inputs with channels last: ONNX flattens them with channels first."""
        kernel = self.weights[node.input[1]]
        if not _attributes(node).get("transB"):
            kernel = kernel.T
        places = kernel.reshape(len(kernel), self.channels[node.input[0]], -1)
        return Dense(
            source=node.input[0],
            output=node.output[0],
            kernel=places.transpose(2, 1, 0).reshape(-1, len(kernel)),
            bias=self.weights[node.input[2]],
        )

    def _convolution(self, node: Any) -> Convolution:
        attributes = _attributes(node)
        kernel = self.weights[node.input[1]]
        depthwise = attributes["group"] > 1
        order = (2, 3, 0, 1) if depthwise else (2, 3, 1, 0)
        top, left, bottom, right = attributes["pads"]
        biased = len(node.input) > 2
        return Convolution(
            source=node.input[0],
            output=node.output[0],
            kernel=kernel.transpose(order),
            bias=self.weights[node.input[2]] if biased else np.zeros(len(kernel), np.float32),
            stride=attributes["strides"][0],
            pads=(top, left, bottom, right),
            depthwise=depthwise,
        )


def _attributes(node: Any) -> dict[str, Any]:
    return {item.name: helper.get_attribute_value(item) for item in node.attribute}


def run_onnx(content: bytes, inputs: Sequence[Weights]) -> Weights:
    """(n, length): the outputs of an ONNX file for inputs (height, width, channels) float32."""
    # In an older graph the evaluator would run batch normalisation as in training.
    model = version_converter.convert_version(onnx.load_model_from_string(content), EVALUATED_OPSET)
    evaluator = ReferenceEvaluator(model)
    name = _source(model.graph).name
    rows = []
    for item in inputs:
        outputs: Any = evaluator.run(None, {name: item.transpose(2, 0, 1)[None]})
        rows.append(outputs[0][0])
    return np.stack(rows)
