"""Reads a MobileFaceNet's ONNX graph, and evaluates it as the reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from biometrics.engine.errors import ArtifactRefused
from biometrics.training.convolution_graph import (
    Addition,
    Convolution,
    ConvolutionGraph,
    Flattening,
    ParametricRelu,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from biometrics.training.convolution_graph import Step, Weights


def read_onnx(content: bytes) -> ConvolutionGraph:
    """The steps of the graph, channels last."""
    graph = onnx.load_model_from_string(content).graph
    weights = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    dims = [dim.dim_value for dim in graph.input[0].type.tensor_type.shape.dim]
    steps = tuple(_step(node, weights) for node in graph.node)
    return ConvolutionGraph(graph.input[0].name, (dims[2], dims[3], dims[1]), steps)


def _step(node: Any, weights: dict[str, Weights]) -> Step:
    match node.op_type:
        case "Conv":
            return _convolution(node, weights)
        case "PRelu":
            return ParametricRelu(node.input[0], node.output[0], weights[node.input[1]].ravel())
        case "Add":
            return Addition((node.input[0], node.input[1]), node.output[0])
        case "Reshape":
            return Flattening(node.input[0], node.output[0])
        case unknown:
            raise ArtifactRefused(f"the graph has a step of an unknown kind: {unknown}")


def _convolution(node: Any, weights: dict[str, Weights]) -> Convolution:
    attributes = {item.name: helper.get_attribute_value(item) for item in node.attribute}
    kernel = weights[node.input[1]]
    depthwise = attributes["group"] > 1
    order = (2, 3, 0, 1) if depthwise else (2, 3, 1, 0)
    top, left, bottom, right = attributes["pads"]
    return Convolution(
        source=node.input[0],
        output=node.output[0],
        kernel=kernel.transpose(order),
        bias=weights[node.input[2]],
        stride=attributes["strides"][0],
        pads=(top, left, bottom, right),
        depthwise=depthwise,
    )


def run_onnx(content: bytes, inputs: Sequence[Weights]) -> Weights:
    """One row for each channels-last input, by ONNX's own reference evaluator."""
    model = onnx.load_model_from_string(content)
    evaluator = ReferenceEvaluator(model)
    name = model.graph.input[0].name
    rows = []
    for one in inputs:
        outputs: Any = evaluator.run(None, {name: one.transpose(2, 0, 1)[None]})
        rows.append(outputs[0][0])
    return np.stack(rows)
