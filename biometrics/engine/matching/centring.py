"""What the faces of whole groups have in common, taken out of their descriptors.

The mean descriptor of people at large tells nothing of a person, and the way from it to the mean of
a group tells which group a face is of, not whose it is. Left in, both make strangers alike. The
first is subtracted; of the second nothing is let through (nuisance attribute projection: Solomonoff
et al., "Advances in channel compensation for SVM speaker recognition", ICASSP 2005).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from biometrics.engine.artifacts import read_card
from biometrics.engine.errors import ArtifactRefused

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from biometrics.engine.types import FloatArray

    WideArray = npt.NDArray[np.float64]

# Two means that are nearer to each other than this tell no groups apart.
SAME_MEAN = 1e-4
# Shorter, of a descriptor of length one, is rounding.
NOTHING = 1e-3


def unit(vector: FloatArray | WideArray) -> FloatArray:
    """The vector, or each row of a matrix, at length one."""
    length = np.linalg.norm(vector, axis=-1, keepdims=True)
    return np.asarray(vector / np.maximum(length, 1e-9), dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Centring:
    """`mean` (n,) of people at large; `directions` (n, k), orthonormal, of k groups; float32."""

    name: str
    sha256: str
    mean: FloatArray
    directions: FloatArray

    @classmethod
    def of(cls, name: str, means: FloatArray | WideArray) -> Centring:
        """`means` (1 + k, n): of people at large, and of each group."""
        ways, lengths, _ = np.linalg.svd((means[1:] - means[0]).T, full_matrices=False)
        return cls(
            name=name,
            sha256=hashlib.sha256(np.asarray(means, dtype="<f4").tobytes()).hexdigest(),
            mean=np.asarray(means[0], dtype=np.float32),
            directions=np.asarray(ways[:, lengths > SAME_MEAN], dtype=np.float32),
        )

    def apply(self, descriptors: FloatArray) -> FloatArray:
        """(n,) or (rows, n), of unit length; zeros, which match nobody, if nothing is left."""
        rest = descriptors - self.mean
        rest = rest - (rest @ self.directions) @ self.directions.T
        left = np.linalg.norm(rest, axis=-1, keepdims=True) > NOTHING
        return unit(rest * left)


def card_name(network: str) -> str:
    """models/centring-NAME.json belongs to models/encoder-NAME.json."""
    return network.replace("encoder", "centring", 1)


def load_centring(models_dir: Path, network: str, *, network_sha256: str, length: int) -> Centring:
    """The centring of the network called `network`, whose descriptors have `length` numbers.

    Raises ArtifactRefused as `read_means` does, and where the means have another length.
    """
    means = read_means(models_dir, network, network_sha256)
    name = card_name(network)
    if means.shape[1] != length:
        raise ArtifactRefused(f"{name}.json holds no means of {length} numbers")
    return Centring.of(name, means)


def read_means(models_dir: Path, network: str, network_sha256: str) -> WideArray:
    """(1 + k, n). Raises ArtifactRefused for a card that is missing, broken, or of another one."""
    name = card_name(network)
    card = read_card(models_dir, name)
    if card.get("network_sha256") != network_sha256:
        raise ArtifactRefused(f"{name}.json was made for another network; run build_centring")
    try:
        means = np.array([group["mean"] for group in card["groups"]], dtype=np.float64)
    except (KeyError, TypeError, ValueError):
        raise ArtifactRefused(f"{name}.json holds no means of groups") from None
    if means.ndim != 2 or not means.size or not np.isfinite(means).all():
        raise ArtifactRefused(f"{name}.json holds no means of groups")
    return means
