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

PACKAGES = {"@noble/curves": "noble-curves", "@noble/hashes": "noble-hashes"}
ENTRIES = ("@noble/curves/ed25519.js", "@noble/hashes/sha2.js")
NOTICES = ("@noble/curves/LICENSE", "@noble/hashes/LICENSE")

# `import {…} from "x"`, `import "x"` and `export {…} from "x"` at the beginning of a line.
_IMPORT = re.compile(
    r"""(?m)^((?:import|export)\s+[\w$*{},\s]*?\bfrom\s*|import\s*)(['"])([^'"\n]+)\2"""
)


class VendorError(Exception):
    """A library that is missing or that imports what nobody lays out."""


def lay_out(node_modules: Path, target: Path) -> list[Path]:
    """Writes the modules that ENTRIES reach, and the licences. The paths written, sorted."""
    if not (node_modules / ENTRIES[0]).is_file():
        raise VendorError(f"{node_modules / ENTRIES[0]} is missing: run npm ci")
    waiting, seen = list(ENTRIES), set[str]()
    while waiting:
        module = waiting.pop()
        if module not in seen:
            seen.add(module)
            text, imported = rewrite(module, (node_modules / module).read_text(encoding="utf-8"))
            _write(target / _place(module), text)
            waiting += imported
    for notice in NOTICES:
        _write(target / _place(notice), (node_modules / notice).read_text(encoding="utf-8"))
    return sorted(target / _place(module) for module in (*seen, *NOTICES))


def rewrite(module: str, text: str) -> tuple[str, list[str]]:
    """The module's text with relative imports only, and the modules that it imports."""
    imported: list[str] = []

    def relative(match: re.Match[str]) -> str:
        name = _resolve(module, match[3])
        imported.append(name)
        start = str(PurePosixPath(_place(module)).parent)
        path = os.path.relpath(_place(name), start)
        return f"{match[1]}{match[2]}{path if path.startswith('.') else './' + path}{match[2]}"

    return _IMPORT.sub(relative, text), imported


def _resolve(module: str, name: str) -> str:
    """`@noble/curves/abstract/curve.js` for what `module` calls `name`."""
    if name.startswith("."):
        return os.path.normpath(PurePosixPath(module).parent / name)
    if not name.startswith(tuple(f"{package}/" for package in PACKAGES)):
        raise VendorError(f"{module} imports {name}")
    return name


def _place(module: str) -> str:
    scope, package, rest = module.split("/", 2)
    return f"{PACKAGES[f'{scope}/{package}']}/{rest}"


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
