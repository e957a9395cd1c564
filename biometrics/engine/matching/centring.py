"""Removes from descriptors what the faces of a whole group have in common.

The mean descriptor of all people says nothing about a person. The direction from it to the mean
of a group says to which group a face belongs, but not whose face it is. If both are left in, two
strangers of one group look alike. So the mean is subtracted, and the directions of the groups
are projected out (nuisance attribute projection: Solomonoff et al., "Advances in channel
compensation for SVM speaker recognition", ICASSP 2005).
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

# Means that are nearer to each other than this do not differ: there is no direction between them.
SAME_MEAN = 1e-4
# If less than this is left of a descriptor of length one, it is a rounding error.
NOTHING = 1e-3


def unit(vector: FloatArray | WideArray) -> FloatArray:
    """Scale a vector, or each row of a matrix, to length one. The result is float32."""
    length = np.linalg.norm(vector, axis=-1, keepdims=True)
    return np.asarray(vector / np.maximum(length, 1e-9), dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Centring:
    """The mean of all people and the directions of the groups, for one network.

    `mean` is (n,) float32. `directions` is (n, k) float32: k orthonormal columns, which span the
    directions from the mean to the means of the groups. `sha256` is that of the means.
    """

    name: str
    sha256: str
    mean: FloatArray
    directions: FloatArray

    @classmethod
    def from_means(cls, name: str, means: FloatArray | WideArray) -> Centring:
        """Make it of `means`, (1 + k, n): the mean of all people, and that of each group."""
        directions, lengths, _ = np.linalg.svd((means[1:] - means[0]).T, full_matrices=False)
        return cls(
            name=name,
            sha256=hashlib.sha256(np.asarray(means, dtype="<f4").tobytes()).hexdigest(),
            mean=np.asarray(means[0], dtype=np.float32),
            directions=np.asarray(directions[:, lengths > SAME_MEAN], dtype=np.float32),
        )

    def apply(self, descriptors: FloatArray) -> FloatArray:
        """Centre one descriptor, (n,), or several, (rows, n), and scale them to length one.

        A descriptor of which nothing is left becomes zeros, which match nobody.
        """
        rest = descriptors - self.mean
        rest = rest - (rest @ self.directions) @ self.directions.T
        left = np.linalg.norm(rest, axis=-1, keepdims=True) > NOTHING
        return unit(rest * left)


def card_name(network: str) -> str:
    """Return the name of a network's centring: centring-NAME for the network encoder-NAME."""
    return network.replace("encoder", "centring", 1)


def load_centring(models_dir: Path, network: str, *, network_sha256: str, length: int) -> Centring:
    """Read the centring of the network called `network`.

    `length` is how many numbers its descriptors have. Raises ArtifactRefused if `read_means`
    does, or if the means have another length.
    """
    means = read_means(models_dir, network, network_sha256)
    name = card_name(network)
    if means.shape[1] != length:
        raise ArtifactRefused(f"{name}.json holds no means of {length} numbers")
    return Centring.from_means(name, means)


def read_means(models_dir: Path, network: str, network_sha256: str) -> WideArray:
    """Read the means from a network's centring card: (1 + k, n) float64, see `Centring.from_means`.

    Raises ArtifactRefused if the card is missing or broken, or was made for another network.
    """
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
