"""Photographs of three people that everybody may use, from two published packages.

Works of the government of the United States are in the public domain: these are White House
photographs of two presidents and NASA's portrait of an astronaut. This repository contains none of
them. `make test` fetches them, and so does

    python -m tests.support.public_faces

They are kept in the virtual environment, or in PUBLIC_FACES_DIR.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from biometrics.engine.errors import ArtifactRefused
from biometrics.engine.types import BgrImage
from biometrics.training.conversion.registry_file import checked, download, unpack, unzip

FETCH = "python -m tests.support.public_faces"


class FacesMissing(Exception):
    """The photographs have not been fetched; the message says how to do that."""


@dataclass(frozen=True)
class Package:
    """One file of one version of a package. With `options`, pip chooses it on every machine."""

    requirement: str
    sha256: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Photo:
    """A photograph. `face` is the centre (x, y) and the width of its face in pixels."""

    name: str
    package: Package
    path: str
    sha256: str
    face: tuple[int, int, int]

    def read(self) -> bytes:
        try:
            return checked((folder() / self.name).read_bytes(), self.sha256)
        except (OSError, ArtifactRefused) as error:
            raise FacesMissing(
                f"The public-domain photograph {self.name} is not there ({error}). "
                f"`make test` fetches it, and so does `{FETCH}`."
            ) from None

    def image(self) -> BgrImage:
        """The decoded photograph."""
        picture = cv2.imdecode(np.frombuffer(self.read(), np.uint8), cv2.IMREAD_COLOR)
        return BgrImage(np.asarray(picture, np.uint8))


SOURCE = Package(
    "face_recognition==1.3.0",
    "5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec",
    ("--no-binary", ":all:", "--no-build-isolation", "--use-pep517"),
)
WHEEL = Package(
    "scikit-image==0.26.0",
    "74aa5518ccea28121f57a95374581d3b979839adc25bb03f289b1bc9b99c58af",
    (
        *("--only-binary", ":all:", "--platform", "manylinux_2_28_x86_64"),
        *("--python-version", "3.11", "--implementation", "cp", "--abi", "cp311"),
    ),
)


def _white_house(name: str, sha256: str, face: tuple[int, int, int]) -> Photo:
    path = f"face_recognition-1.3.0/tests/test_images/{name}"
    return Photo(name, SOURCE, path, sha256, face)


PEOPLE = {
    "obama": (
        _white_house(
            "obama.jpg",
            "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6",
            (495, 273, 234),
        ),
        _white_house(
            "obama2.jpg",
            "a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6",
            (334, 446, 290),
        ),
        _white_house(
            "obama3.jpg",
            "76ac6bf97c36dc2da0ad16a537d6a5ac1b10f48d49aac29a0cca9a17cdbc3ca3",
            (773, 454, 286),
        ),
    ),
    "biden": (
        _white_house(
            "biden.jpg",
            "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c",
            (565, 392, 288),
        ),
    ),
    "collins": (
        Photo(
            "astronaut.png",
            WHEEL,
            "skimage/data/astronaut.png",
            "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
            (225, 121, 92),
        ),
    ),
}
PHOTOS = tuple(photo for photos in PEOPLE.values() for photo in photos)


def folder() -> Path:
    return Path(os.environ.get("PUBLIC_FACES_DIR") or Path(sys.prefix) / "public-faces")


def missing() -> list[Photo]:
    """The photographs that are not there, or that have another SHA-256 than the pinned one."""
    return [photo for photo in PHOTOS if not _is_there(photo)]


def _is_there(photo: Photo) -> bool:
    try:
        photo.read()
    except FacesMissing:
        return False
    return True


def fetch() -> None:
    """Fetch what is missing. Raises ArtifactRefused if a SHA-256 is not the pinned one."""
    wanted = missing()
    folder().mkdir(parents=True, exist_ok=True)
    for package in {photo.package for photo in wanted}:
        with TemporaryDirectory() as temporary:
            archive = fetch_package(package, Path(temporary))
            for photo in wanted:
                if photo.package == package:
                    read = unzip if archive.suffix == ".whl" else unpack
                    content = checked(read(archive, photo.path), photo.sha256)
                    (folder() / photo.name).write_bytes(content)


def fetch_package(package: Package, target: Path) -> Path:
    """Download one file. pip checks its SHA-256 before opening it, and runs none of its code."""
    backend = target / "backend" / "setuptools"
    backend.mkdir(parents=True)
    (backend / "__init__.py").touch()
    shutil.copy(Path(__file__).with_name("sdist_metadata.py"), backend / "build_meta.py")
    requirement = target / "requirement.txt"
    requirement.write_text(f"{package.requirement} --hash=sha256:{package.sha256}\n")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    where = ["--requirement", str(requirement), "--dest", str(target / "packages")]
    download(
        [*pip, *package.options, *where],
        "pip",
        package.requirement,
        {**os.environ, "PYTHONPATH": str(backend.parent)},
    )
    (archive,) = (target / "packages").iterdir()
    checked(archive.read_bytes(), package.sha256)
    return archive


if __name__ == "__main__":
    try:
        fetch()
    except (ArtifactRefused, OSError, subprocess.SubprocessError) as error:
        raise SystemExit(f"The public-domain photographs cannot be fetched: {error}") from None
