"""The feature maps that the frozen front of the network gives for each example, kept on disk.

The front runs in LiteRT, as it does when it serves: on a processor that is many times faster than
TensorFlow. Only the back is then trained.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from biometrics.engine.pad.texture import context_crop
from biometrics.engine.whole_files import replacing
from biometrics.training.liveness.augmentation import varied

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from biometrics.engine.types import FloatArray, RgbImage
    from biometrics.training.liveness.dataset import Example

    Features = npt.NDArray[np.float16]


class Front:
    """The front in an interpreter. Not safe to share between threads."""

    def __init__(self, content: bytes) -> None:
        self._interpreter = Interpreter(model_content=content, num_threads=1)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        output = self._interpreter.get_output_details()[0]
        self._output, self.shape = output["index"], tuple(int(side) for side in output["shape"][1:])

    def __call__(self, crop: RgbImage) -> FloatArray:
        """The maps, `self.shape` float32, of a crop (SIDE, SIDE, 3) uint8 in RGB."""
        self._interpreter.set_tensor(self._input, crop[None].astype(np.float32))
        self._interpreter.invoke()
        maps: FloatArray = self._interpreter.get_tensor(self._output)[0]
        return maps


@dataclass(frozen=True, slots=True)
class Plan:
    """How many variants of each example there are. With 0 it is taken once, as it is."""

    variants: int
    seed: int

    def crops(self, number: int, example: Example) -> list[RgbImage]:
        """Crops (SIDE, SIDE, 3) uint8 in RGB of the example with this number."""
        image = example.image()
        if not self.variants:
            return [context_crop(image, example.box)]
        rng = np.random.default_rng([self.seed, number])
        return [varied(image, example.box, rng) for _ in range(self.variants)]


def compute(
    front: bytes,
    examples: Sequence[Example],
    plan: Plan,
    path: Path,
    *,
    threads: int = 2,
    tick: Callable[[], object] = lambda: None,
) -> Features:
    """(examples, variants or 1, height, width, channels) float16, a memory-mapped file at `path`.

    `front` is a TFLite network. `tick` is called after each example. The same plan gives the same
    features with any number of threads. The file gets its name only when it is complete.
    """
    shape = (len(examples), max(1, plan.variants), *Front(front).shape)
    with replacing(path) as draft:
        features = np.lib.format.open_memmap(draft, "w+", dtype=np.float16, shape=shape)

        def fill(numbers: npt.NDArray[np.int_]) -> None:
            network = Front(front)
            for number in numbers:
                for variant, crop in enumerate(plan.crops(int(number), examples[number])):
                    features[number, variant] = network(crop)
                tick()

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(fill, np.array_split(np.arange(len(examples)), threads)))
        features.flush()
    return features


def computed(path: Path) -> Features:
    """What `compute` wrote, in this training or in an interrupted one."""
    return np.lib.format.open_memmap(path, "r")
