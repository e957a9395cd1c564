"""The photographs are fetched as they are pinned, or not at all."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING

import pytest

from biometrics.engine.errors import ArtifactRefused
from tests.support import public_faces
from tests.support.places import BASE
from tests.support.public_faces import Package, fetch_package

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.public_faces import Photo

SETUP = "import pathlib; pathlib.Path({mark!r}).touch(); raise SystemExit('it was run')"
OPTIONS = ("--no-index", "--no-binary", ":all:", "--no-build-isolation", "--use-pep517")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    """A source distribution whose setup.py leaves a mark, in a folder that pip looks in."""
    source = tmp_path / "faces-1.0"
    source.mkdir()
    (source / "PKG-INFO").write_text("Metadata-Version: 1.1\nName: faces\nVersion: 1.0\n")
    (source / "setup.py").write_text(SETUP.format(mark=str(tmp_path / "mark")))
    archive = tmp_path / "index" / "faces-1.0.tar.gz"
    archive.parent.mkdir()
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(source, "faces-1.0")
    monkeypatch.setenv("PIP_FIND_LINKS", str(archive.parent))
    return Package("faces==1.0", hashlib.sha256(archive.read_bytes()).hexdigest(), OPTIONS)


def test_a_source_distribution_is_fetched_and_nothing_of_it_is_run(
    package: Package, tmp_path: Path
) -> None:
    (tmp_path / "target").mkdir()

    archive = fetch_package(package, tmp_path / "target")

    assert archive.name == "faces-1.0.tar.gz"
    assert not (tmp_path / "mark").exists()


def test_another_package_than_the_pinned_one_is_refused(package: Package, tmp_path: Path) -> None:
    other = Package(package.requirement, "0" * 64, package.options)
    (tmp_path / "target").mkdir()

    with pytest.raises(ArtifactRefused, match=r"faces==1\.0"):
        fetch_package(other, tmp_path / "target")

    assert not (tmp_path / "mark").exists()


def test_a_photograph_that_was_changed_counts_as_missing(
    portraits: dict[str, tuple[Photo, ...]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = portraits["obama"][0]
    (tmp_path / photo.name).write_bytes(photo.read()[:-1])
    monkeypatch.setenv("PUBLIC_FACES_DIR", str(tmp_path))

    assert photo in public_faces.missing()
    with pytest.raises(public_faces.FacesMissing, match="make test"):
        photo.read()


def test_without_a_network_the_step_says_so(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.public_faces"],
        cwd=BASE,
        env={
            "PUBLIC_FACES_DIR": str(tmp_path),
            "PIP_NO_INDEX": "1",
            "PIP_CONFIG_FILE": "/dev/null",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("The public-domain photographs cannot be fetched: pip could not fetch")
