"""Turns aligned faces into templates, by one network or by several whose descriptors are joined."""

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
from biometrics.engine.types import RgbImage, Template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from biometrics.engine.artifacts import Artifact
    from biometrics.engine.faces.alignment import Alignment
    from biometrics.engine.matching.centring import Centring
    from biometrics.engine.types import FloatArray, Landmarks

CARD = "encoder"


class DescriptorNetwork:
    """One network and the input that it takes, as its card says.

    Not safe to share between threads. `length` is how many numbers its descriptors have.
    """

    def __init__(self, artifact: Artifact) -> None:
        """Raises ArtifactRefused if the network cannot be used, KeyError for an unusable card."""
        expected = artifact.card["input"]
        self.name = artifact.name
        self.sha256 = artifact.sha256
        self.alignment: Alignment = ALIGNMENTS[expected["alignment"]]
        self._mean = np.array(expected["mean"], dtype=np.float32)
        self._factor = np.float32(1 / expected["divisor"])
        side = self.alignment.side
        self._network = Network(artifact, input_shape=(1, side, side, 3))
        self.length = self._network.lengths[0]

    def load_centring(self, models_dir: Path) -> Centring:
        """Read the centring that belongs to this network; raises ArtifactRefused."""
        return load_centring(models_dir, self.name, network_sha256=self.sha256, length=self.length)

    def describe(self, crop: RgbImage) -> FloatArray:
        """Return the descriptor of an aligned crop: (length,) float32 of length one.

        `crop` is a square of `alignment.side` pixels.
        """
        inputs = (crop[None] - self._mean) * self._factor
        return unit(self._network.run(inputs)[0][0])


@dataclass(frozen=True, slots=True)
class EncoderChoice:
    """One of the encoders in models/encoder.json.

    `weights` says which share of the comparison score each of the `networks` has. `centred` says
    whether the descriptors are centred before they are joined.
    """

    name: str
    networks: tuple[str, ...]
    weights: tuple[float, ...]
    centred: bool

    @property
    def scales(self) -> Sequence[float]:
        """Return the factors by which the descriptors are multiplied before they are joined.

        They are the square roots of the shares. The product of two joined descriptors is then
        the weighted mean of the cosines of the single networks.
        """
        return tuple(np.sqrt(np.array(self.weights) / sum(self.weights)))


def joined(descriptors: Sequence[FloatArray], scales: Sequence[float]) -> FloatArray:
    """Put one descriptor of each network side by side, and scale the result to length one.

    Each part is (n,) or (rows, n) float32, multiplied by its scale first. Raises ValueError if
    there are not as many scales as parts.
    """
    parts = [part * scale for part, scale in zip(descriptors, scales, strict=True)]
    return unit(np.concatenate(parts, axis=-1))


def read_choice(models_dir: Path, name: str | None = None) -> EncoderChoice:
    """Read the encoder called `name` from models/encoder.json; None takes the default there.

    Raises ArtifactRefused if the card is missing or names no such encoder, and KeyError if the
    card lacks an entry.
    """
    card = read_card(models_dir, CARD)
    chosen = name or card["default"]
    known = card["encoders"]
    if chosen not in known:
        raise ArtifactRefused(f"there is no encoder {chosen}; there are {', '.join(known)}")
    entry = known[chosen]
    return EncoderChoice(
        chosen, tuple(entry["networks"]), tuple(entry["weights"]), entry.get("centred", False)
    )


class Encoder:
    """Makes templates. Not safe to share between threads.

    `sha256` covers the networks, their weights and their centrings. Templates are compared only
    if their encoders have the same one.
    """

    def __init__(
        self,
        choice: EncoderChoice,
        networks: tuple[DescriptorNetwork, ...],
        centrings: tuple[Centring, ...] = (),
    ) -> None:
        """`centrings` has one entry for each network, or none at all.

        Raises ValueError if there are not as many networks as weights.
        """
        self.name = choice.name
        self.networks = networks
        self._scales = choice.scales
        self._centrings = centrings
        lines = [
            f"{net.sha256} {weight:.6f}"
            for net, weight in zip(networks, choice.weights, strict=True)
        ]
        lines += [centring.sha256 for centring in centrings]
        self.sha256 = hashlib.sha256("\n".join(lines).encode()).hexdigest()

    @classmethod
    def load(cls, models_dir: Path, name: str | None = None, *, centred: bool = True) -> Encoder:
        """Load the encoder called `name`, or the default of models/encoder.json.

        If `centred` is False, centring is left out: `build_centring` needs the plain descriptors.
        Raises ArtifactRefused if a model file or a card is missing or not as it should be.
        """
        choice = read_choice(models_dir, name)
        artifacts = [load_artifact(models_dir, network) for network in choice.networks]
        networks = tuple(DescriptorNetwork(artifact) for artifact in artifacts)
        centre = networks if choice.centred and centred else ()
        return cls(choice, networks, tuple(network.load_centring(models_dir) for network in centre))

    @property
    def length(self) -> int:
        """Return how many numbers a template has."""
        return sum(network.length for network in self.networks)

    @property
    def hashes(self) -> Mapping[str, str]:
        """Return the SHA-256 of every network and centring, by name."""
        networks = {network.name: network.sha256 for network in self.networks}
        return networks | {centring.name: centring.sha256 for centring in self._centrings}

    def encode(self, image: RgbImage, landmarks: Landmarks) -> Template:
        """Make the template of one face."""
        descriptors = [
            network.describe(crop)
            for network, crop in zip(self.networks, self._crops(image, landmarks), strict=True)
        ]
        return self._joined(descriptors)

    def encode_both_ways(self, image: RgbImage, landmarks: Landmarks) -> Template:
        """Make the template of one face and its mirror image, the mean of both.

        It takes twice as long as `encode`; enrolment has that time.
        """
        descriptors = []
        for network, crop in zip(self.networks, self._crops(image, landmarks), strict=True):
            mirrored = RgbImage(np.ascontiguousarray(crop[:, ::-1]))
            descriptors.append(unit(network.describe(crop) + network.describe(mirrored)))
        return self._joined(descriptors)

    def _joined(self, descriptors: list[FloatArray]) -> Template:
        """Centre the descriptors, one of each network, and join them to a template."""
        if self._centrings:
            pairs = zip(self._centrings, descriptors, strict=True)
            descriptors = [centring.apply(descriptor) for centring, descriptor in pairs]
        return Template(joined(descriptors, self._scales), self.name, self.sha256)

    def _crops(self, image: RgbImage, landmarks: Landmarks) -> list[RgbImage]:
        """Return one crop for each network. Networks with the same alignment share a crop."""
        alignments = {id(network.alignment): network.alignment for network in self.networks}
        crops = {key: align(image, landmarks, alignments[key]) for key in alignments}
        return [crops[id(network.alignment)] for network in self.networks]
