"""A build back end for pip that reads a source distribution's metadata and builds nothing.

`pip download` asks a package's build back end for the package's name and version. The usual back
end, setuptools, would run the package's setup.py to find out. This one takes the answer from
PKG-INFO, which every source distribution contains. `public_faces` puts it where pip looks for
setuptools.
"""

from __future__ import annotations

import shutil
from email.parser import Parser
from pathlib import Path


class __legacy__:  # noqa: N801 (pip asks for this name where a package names no back end)
    @staticmethod
    def prepare_metadata_for_build_wheel(folder: str, _settings: object = None) -> str:
        """pip calls it in the unpacked package. Returns the name of the folder that it made."""
        package = Parser().parsestr(Path("PKG-INFO").read_text(encoding="utf-8"))
        target = Path(folder) / f"{package['Name']}-{package['Version']}.dist-info"
        target.mkdir()
        shutil.copy("PKG-INFO", target / "METADATA")
        return target.name
