"""Lays out the browser's libraries so that they load without an import map.

Browsers do not apply a page's import map inside a worker, and the ballot is encrypted in one. The
libraries import each other by bare names ("@noble/hashes/sha2.js"), so this set-up step copies the
modules that the ballot needs from node_modules to a folder of static files and makes those names
relative paths. Nothing else in them changes.

    python -m facevote.serving.vendor [NODE_MODULES] [TARGET]
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path, PurePosixPath

from biometrics.engine.whole_files import write_atomically
from facevote.serving.steps import BASE

# Each module's place, by the name that other modules import it by. Browsers get ".js" only.
_ESM = "dist/modules-sumo-esm"
MODULES = {
    "libsodium-sumo": f"libsodium-sumo/{_ESM}/libsodium-sumo.mjs",
    "libsodium-wrappers-sumo": f"libsodium-wrappers-sumo/{_ESM}/libsodium-wrappers.mjs",
    "qr": "qr/index.js",
    "qr/decode.js": "qr/decode.js",
}
PLACES = {
    MODULES["libsodium-sumo"]: "libsodium/libsodium.js",
    MODULES["libsodium-wrappers-sumo"]: "libsodium/wrappers.js",
    MODULES["qr"]: "qr/encode.js",
    MODULES["qr/decode.js"]: "qr/decode.js",
}
NOTICES = {
    "libsodium-wrappers-sumo/LICENSE": "libsodium/LICENSE",
    "qr/LICENSE-MIT": "qr/LICENSE",
}

# `import {…} from "x"`, `import "x"` and `export {…} from "x"` at the beginning of a line.
_IMPORT = re.compile(
    r"""(?m)^((?:import|export)\s+[\w$*{},\s]*?\bfrom\s*|import\s*)(['"])([^'"\n]+)\2"""
)


class VendorError(Exception):
    """A library that is missing or that imports what nobody lays out."""


def lay_out(node_modules: Path, target: Path) -> list[Path]:
    """Writes all modules, and the licences. The paths written, sorted."""
    for module, place in PLACES.items():
        source = node_modules / module
        if not source.is_file():
            raise VendorError(f"{source} is missing: run npm ci")
        _write(target / place, rewrite(module, source.read_text(encoding="utf-8")))
    for notice, place in NOTICES.items():
        _write(target / place, (node_modules / notice).read_text(encoding="utf-8"))
    return sorted(target / place for place in (*PLACES.values(), *NOTICES.values()))


def rewrite(module: str, text: str) -> str:
    """The module's text with relative imports only. Raises VendorError."""

    def relative(match: re.Match[str]) -> str:
        start = str(PurePosixPath(PLACES[module]).parent)
        path = os.path.relpath(_place(module, match[3]), start)
        return f"{match[1]}{match[2]}{path if path.startswith('.') else './' + path}{match[2]}"

    return _IMPORT.sub(relative, text)


def _place(module: str, name: str) -> str:
    """Where the module lies that `module` calls `name`."""
    path = os.path.normpath(PurePosixPath(module).parent / name)
    found = PLACES.get(path if name.startswith(".") else MODULES.get(name, ""))
    if found is None:
        raise VendorError(f"{module} imports {name}")
    return found


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text.encode())


def main(arguments: list[str]) -> int:
    defaults = [BASE / "node_modules", BASE / "var" / "vendor"]
    node_modules, target = [Path(item) for item in arguments] + defaults[len(arguments) :]
    try:
        written = lay_out(node_modules, target)
    except (VendorError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{len(written)} files in {target}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
