"""One LiteRT network on one thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from biometrics.engine.errors import ArtifactRefused

if TYPE_CHECKING:
    from biometrics.engine.artifacts import Artifact
    from biometrics.engine.types import FloatArray


class Network:
    """An interpreter with its tensors allocated. Not safe to share between threads."""

    def __init__(self, artifact: Artifact, *, input_shape: tuple[int, ...]) -> None:
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
        self.run(np.zeros(input_shape, dtype=np.float32))  # the first run builds XNNPACK's plan

    def run(self, inputs: FloatArray) -> tuple[FloatArray, ...]:
        """One array for each of the network's outputs, in the network's order."""
        self._interpreter.set_tensor(self._input, inputs)
        self._interpreter.invoke()
        return tuple(self._interpreter.get_tensor(index) for index in self._outputs)
