"""Aligned faces -> templates, by one network or by several whose descriptors are joined."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from biometrics.engine.artifacts import load_artifact, read_card
from biometrics.engine.errors import ArtifactRefused
from biometrics.engine.faces.alignment import ALIGNMENTS, align
from biometrics.engine.matching.centring import load_centring, unit
from biometrics.engine.network import Network
from biometrics.engine.types import Template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from biometrics.engine.artifacts import Artifact
    from biometrics.engine.faces.alignment import Alignment
    from biometrics.engine.matching.centring import Centring
    from biometrics.engine.types import FloatArray, ImageArray, Landmarks

CARD = "encoder"


class DescriptorNetwork:
    """One network with the input it wants, as its card says. Not safe to share between threads."""

    def __init__(self, artifact: Artifact) -> None:
        wanted = artifact.card["input"]
        self.name = artifact.name
        self.sha256 = artifact.sha256
        self.alignment: Alignment = ALIGNMENTS[wanted["alignment"]]
        self._mean = np.array(wanted["mean"], dtype=np.float32)
        self._factor = np.float32(1 / wanted["divisor"])
        side = self.alignment.side
        self._network = Network(artifact, input_shape=(1, side, side, 3))
        self.length = self._network.lengths[0]

    def load_centring(self, models_dir: Path) -> Centring:
        return load_centring(models_dir, self.name, network_sha256=self.sha256, length=self.length)

    def describe(self, crop: ImageArray) -> FloatArray:
        """A unit-length descriptor of an aligned RGB crop."""
        inputs = (crop[None] - self._mean) * self._factor
        return unit(self._network.run(inputs)[0][0])


@dataclass(frozen=True, slots=True)
class EncoderChoice:
    """An encoder of models/encoder.json: its networks, and each one's share of the score."""

    name: str
    networks: tuple[str, ...]
    weights: tuple[float, ...]
    centred: bool

    @property
    def scales(self) -> Sequence[float]:
        """The roots of the shares: the product of two descriptors that are joined by them is then
        the weighted mean of the networks' own cosines.
        """
        return tuple(np.sqrt(np.array(self.weights) / sum(self.weights)))


def joined(descriptors: Sequence[FloatArray], scales: Sequence[float]) -> FloatArray:
    """One descriptor of each network, (n,) or (rows, n), side by side at length one."""
    parts = [part * scale for part, scale in zip(descriptors, scales, strict=True)]
    return unit(np.concatenate(parts, axis=-1))


def read_choice(models_dir: Path, name: str | None = None) -> EncoderChoice:
    """The encoder called `name`, or the card's default."""
    card = read_card(models_dir, CARD)
    wanted = name or card["default"]
    known = card["encoders"]
    if wanted not in known:
        raise ArtifactRefused(f"there is no encoder {wanted}; there are {', '.join(known)}")
    entry = known[wanted]
    return EncoderChoice(
        wanted, tuple(entry["networks"]), tuple(entry["weights"]), entry.get("centred", False)
    )


class Encoder:
    """Makes templates. Not safe to share between threads."""

    def __init__(
        self,
        choice: EncoderChoice,
        networks: tuple[DescriptorNetwork, ...],
        centrings: tuple[Centring, ...] = (),
    ) -> None:
        """`centrings` are one for each network, or none at all."""
        self.name = choice.name
        self.networks = networks
        self._scales = choice.scales
        self._centrings = centrings
        told = [
            f"{net.sha256} {weight:.6f}"
            for net, weight in zip(networks, choice.weights, strict=True)
        ]
        told += [centring.sha256 for centring in centrings]
        self.sha256 = hashlib.sha256("\n".join(told).encode()).hexdigest()

    @classmethod
    def load(cls, models_dir: Path, name: str | None = None, *, centred: bool = True) -> Encoder:
        """Raises ArtifactRefused. `centred` False leaves centring out, for those who make it."""
        choice = read_choice(models_dir, name)
        artifacts = [load_artifact(models_dir, network) for network in choice.networks]
        networks = tuple(DescriptorNetwork(artifact) for artifact in artifacts)
        wanted = networks if choice.centred and centred else ()
        return cls(choice, networks, tuple(network.load_centring(models_dir) for network in wanted))

    @property
    def length(self) -> int:
        """How many numbers a template has."""
        return sum(network.length for network in self.networks)

    @property
    def hashes(self) -> Mapping[str, str]:
        networks = {network.name: network.sha256 for network in self.networks}
        return networks | {centring.name: centring.sha256 for centring in self._centrings}

    def encode(self, image: ImageArray, landmarks: Landmarks) -> Template:
        descriptors = [
            network.describe(crop)
            for network, crop in zip(self.networks, self._crops(image, landmarks), strict=True)
        ]
        return self._joined(descriptors)

    def encode_both_ways(self, image: ImageArray, landmarks: Landmarks) -> Template:
        """The mean of the face and its mirror image: twice the time, for enrolment."""
        descriptors = []
        for network, crop in zip(self.networks, self._crops(image, landmarks), strict=True):
            mirrored = np.ascontiguousarray(crop[:, ::-1])
            descriptors.append(unit(network.describe(crop) + network.describe(mirrored)))
        return self._joined(descriptors)

    def _joined(self, descriptors: list[FloatArray]) -> Template:
        """One for each network, of unit length."""
        if self._centrings:
            pairs = zip(self._centrings, descriptors, strict=True)
            descriptors = [centring.apply(descriptor) for centring, descriptor in pairs]
        return Template(joined(descriptors, self._scales), self.name, self.sha256)

    def _crops(self, image: ImageArray, landmarks: Landmarks) -> list[ImageArray]:
        """One for each network; those that want the same crop share it."""
        wanted = {id(network.alignment): network.alignment for network in self.networks}
        made = {key: align(image, landmarks, one) for key, one in wanted.items()}
        return [made[id(network.alignment)] for network in self.networks]
