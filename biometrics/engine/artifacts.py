"""Model files and their cards. A file is used only if its SHA-256 is the one on its card."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biometrics.engine.errors import ArtifactRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

Card = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Artifact:
    """The bytes of one network, checked against its `card`."""

    name: str
    sha256: str
    content: bytes
    card: Mapping[str, Any]


def read_card(models_dir: Path, name: str) -> Card:
    """Return the JSON object in models/NAME.json.

    Raises ArtifactRefused if the file is missing, cannot be read or holds no JSON object.
    """
    path = models_dir / f"{name}.json"
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ArtifactRefused(f"{path.name} is missing") from None
    except (OSError, ValueError) as error:
        raise ArtifactRefused(f"{path.name} cannot be read: {error}") from None
    if not isinstance(card, dict):
        raise ArtifactRefused(f"{path.name} is not a card")
    return card


def load_artifact(models_dir: Path, name: str) -> Artifact:
    """Return the artifact that the card models/NAME.json describes.

    The file is models/NAME.tflite. If the card names a `package`, the file is taken from that
    installed distribution instead. Raises ArtifactRefused if the card or the file is missing,
    or if the file does not have the SHA-256 on the card.
    """
    card = read_card(models_dir, name)
    path = _location(models_dir, name, card)
    try:
        content = path.read_bytes()
    except OSError:
        raise ArtifactRefused(f"{path.name} of {name} is missing") from None
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != card.get("sha256"):
        raise ArtifactRefused(f"{path.name} is not the file that its card {name}.json describes")
    return Artifact(name=name, sha256=sha256, content=content, card=card)


def _location(models_dir: Path, name: str, card: Card) -> Path:
    package = card.get("package")
    if package is None:
        return models_dir / f"{name}.tflite"
    return packaged_file(str(package["name"]), str(package["path"]))


def packaged_file(distribution: str, path: str) -> Path:
    """Return the place where an installed distribution put one of its files.

    The package is not imported. Raises ArtifactRefused if the distribution is not installed or
    does not carry the file.
    """
    try:
        files = metadata.files(distribution) or []
    except metadata.PackageNotFoundError:
        raise ArtifactRefused(f"the package {distribution} is not installed") from None
    for file in files:
        if file.as_posix() == path:
            return Path(str(file.locate()))
    raise ArtifactRefused(f"the package {distribution} carries no {path}")
