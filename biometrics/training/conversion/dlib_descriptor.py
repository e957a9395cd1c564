"""dlib's face descriptor network, read from its .dat file and rebuilt in Keras.

The file is a stream of tagged layers, starting at the input. The tags `con_4` and `affine_` are
followed by a tensor, the tag `fc_2` by two counts and a tensor. In dlib's whole numbers the low
nibble of the first byte is the number of little-endian bytes that follow, and its high bit is the
sign.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

import numpy as np

from biometrics.engine.errors import ArtifactRefused

if TYPE_CHECKING:
    import numpy.typing as npt

    Weights = npt.NDArray[np.float32]

SIDE = 150
# dlib subtracts these channel means (RGB) from its input and divides by DIVISOR.
MEAN = (122.782, 117.001, 104.298)
DIVISOR = 256.0
DESCRIPTOR = 128
# The filters of the residual blocks, in order, and whether a block halves the maps' sides.
BLOCKS = (
    *[(32, False)] * 3,
    (64, True),
    *[(64, False)] * 3,
    (128, True),
    *[(128, False)] * 2,
    (256, True),
    *[(256, False)] * 2,
    (256, True),
)
CONVOLUTIONS = 1 + 2 * len(BLOCKS)
_TAG = re.compile(rb"\x01\x05con_4|\x01\x07affine_|\x01\x04fc_2")


@dataclass(frozen=True, slots=True)
class DescriptorWeights:
    """Flat float32 tensors, from the input to the output."""

    convolutions: tuple[Weights, ...]
    affines: tuple[Weights, ...]
    dense: Weights


@dataclass(slots=True)
class _Stream:
    data: bytes
    at: int

    def integer(self) -> int:
        size = self.data[self.at] & 0x0F
        negative = bool(self.data[self.at] & 0x80)
        value = int.from_bytes(self.data[self.at + 1 : self.at + 1 + size], "little")
        self.at += 1 + size
        return -value if negative else value

    def tensor(self) -> Weights:
        if self.integer() != 2:
            raise ArtifactRefused("the descriptor file holds a tensor of an unknown version")
        count = int(np.prod([self.integer() for _ in range(4)]))
        values = np.frombuffer(self.data, dtype="<f4", count=count, offset=self.at)
        return values.astype(np.float32)


def read_descriptor(data: bytes) -> DescriptorWeights:
    """The weights in `data`, the content of the .dat file.

    Raises ArtifactRefused if it does not hold the expected layers.
    """
    found: dict[bytes, list[Weights]] = {b"con_4": [], b"affine_": [], b"fc_2": []}
    for match in _TAG.finditer(data):
        tag = match.group()[2:]
        stream = _Stream(data, match.end())
        if tag == b"fc_2":
            stream.integer(), stream.integer()
        found[tag].append(stream.tensor())
    counts = tuple(len(tensors) for tensors in found.values())
    if counts != (CONVOLUTIONS, CONVOLUTIONS, 1):
        raise ArtifactRefused(f"the descriptor file holds {counts} layers, not the expected ones")
    return DescriptorWeights(tuple(found[b"con_4"]), tuple(found[b"affine_"]), found[b"fc_2"][0])


class _Assembly:
    """Adds the convolutions in order, each merged with its affine layer."""

    def __init__(self, layers: Any, weights: DescriptorWeights) -> None:
        self.layers = layers
        self._pairs = iter(zip(weights.convolutions, weights.affines, strict=True))

    def convolve(self, value: Any, filters: int, size: int, *, stride: int) -> Any:
        convolution, affine = next(self._pairs)
        inputs = value.shape[-1]
        kernel = convolution[:-filters].reshape(filters, inputs, size, size)
        gamma, beta = affine[:filters], affine[filters:]
        folded = kernel.transpose(2, 3, 1, 0) * gamma
        bias = convolution[-filters:] * gamma + beta
        padding = "same" if stride == 1 else "valid"
        layer = self.layers.Conv2D(filters, size, stride, padding)
        result = layer(value)
        layer.set_weights([folded, bias])
        return result

    def block(self, value: Any, filters: int, *, down: bool) -> Any:
        inner = self.convolve(value, filters, 3, stride=2 if down else 1)
        inner = self.convolve(self.layers.ReLU()(inner), filters, 3, stride=1)
        shortcut = self.layers.AveragePooling2D(2, 2)(value) if down else value
        return self.layers.ReLU()(self._sum(inner, shortcut))

    def _sum(self, one: Any, other: Any) -> Any:
        """dlib's addition: both are padded with zeros to the larger height, width and depth."""
        side = max(one.shape[1], other.shape[1])
        depth = max(one.shape[3], other.shape[3])
        return self.layers.Add()([self._pad(value, side, depth) for value in (one, other)])

    def _pad(self, value: Any, side: int, depth: int) -> Any:
        rows = side - value.shape[1]
        if rows:
            value = self.layers.ZeroPadding2D(((0, rows), (0, rows)))(value)
        missing = depth - value.shape[3]
        if missing:
            folded = self.layers.Reshape((side * side, value.shape[3]))(value)
            turned = self.layers.Permute((2, 1))(folded)
            turned = self.layers.ZeroPadding1D((0, missing))(turned)
            folded = self.layers.Permute((2, 1))(turned)
            value = self.layers.Reshape((side, side, depth))(folded)
        return value


def build_descriptor(weights: DescriptorWeights) -> Any:
    """A keras.Model: (1, 150, 150, 3) float32, normalised RGB -> (1, 128)."""
    import keras  # noqa: PLC0415 (TensorFlow)

    assembly = _Assembly(keras.layers, weights)
    inputs = keras.Input(batch_shape=(1, SIDE, SIDE, 3))
    value = keras.layers.ReLU()(assembly.convolve(inputs, 32, 7, stride=2))
    value = keras.layers.MaxPooling2D(3, 2)(value)
    for filters, down in BLOCKS:
        value = assembly.block(value, filters, down=down)
    value = keras.layers.GlobalAveragePooling2D()(value)
    dense = keras.layers.Dense(DESCRIPTOR, use_bias=False)
    result = dense(value)
    dense.set_weights([weights.dense.reshape(value.shape[-1], DESCRIPTOR)])
    return keras.Model(inputs, result)


def run_dlib(content: bytes, inputs: list[Weights]) -> Weights:
    """(n, 128) float32: dlib's own descriptors of inputs (150, 150, 3), normalised RGB.

    `content` is the .dat file.
    """
    import dlib  # noqa: PLC0415 (of the group `reference`)

    with NamedTemporaryFile(suffix=".dat") as file:
        file.write(content)
        file.flush()
        model = dlib.face_recognition_model_v1(file.name)
    pictures = [np.rint(item * DIVISOR + np.array(MEAN)).astype(np.uint8) for item in inputs]
    rows = [np.array(model.compute_face_descriptor(picture)) for picture in pictures]
    return np.stack(rows).astype(np.float32)
