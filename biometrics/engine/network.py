"""Runs one LiteRT network on one thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from biometrics.engine.errors import ArtifactRefused

if TYPE_CHECKING:
    from biometrics.engine.artifacts import Artifact
    from biometrics.engine.types import FloatArray


class Network:
    """An interpreter with its tensors allocated. Not safe to share between threads.

    `lengths` holds the size of the last axis of each output.
    """

    def __init__(self, artifact: Artifact, *, input_shape: tuple[int, ...]) -> None:
        """Load the network and run it once. Raises ArtifactRefused if it cannot be used."""
        try:
            self._interpreter = Interpreter(model_content=artifact.content, num_threads=1)
            self._input = self._interpreter.get_input_details()[0]["index"]
            self._interpreter.resize_tensor_input(self._input, input_shape)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ArtifactRefused(f"{artifact.name} is not a usable network: {error}") from None
        outputs = self._interpreter.get_output_details()
        self._outputs = [detail["index"] for detail in outputs]
        self.lengths = tuple(int(detail["shape"][-1]) for detail in outputs)
        # The first run builds XNNPACK's plan; the first frame should not have to wait for it.
        self.run(np.zeros(input_shape, dtype=np.float32))

    def run(self, inputs: FloatArray) -> tuple[FloatArray, ...]:
        """Return one float32 array for each output, in the network's order.

        `inputs` is float32 and has the shape that was given at construction.
        """
        self._interpreter.set_tensor(self._input, inputs)
        self._interpreter.invoke()
        return tuple(self._interpreter.get_tensor(index) for index in self._outputs)
