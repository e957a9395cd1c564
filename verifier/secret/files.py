"""Writing files that hold secrets, and files that must not be written over.

A file of a secret is readable by its owner alone, and is either the old one or the whole new one.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.rules.file import check_start
from verifier.rules.strict import dump, load

if TYPE_CHECKING:
    from verifier.rules.strict import Json

OWNER_ONLY = 0o600


def write_new(path: Path, data: bytes, mode: int = OWNER_ONLY) -> None:
    """Write a file that must not be there yet. Raises FileExistsError if it is."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        _write_through(file.fileno(), data)


def replace(path: Path, data: bytes) -> None:
    """Put new content in the place of a file, all of it or nothing."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # for the owner alone
    try:
        with os.fdopen(handle, "wb") as file:
            _write_through(file.fileno(), data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def write_json(path: Path, value: Json) -> None:
    """A new file with a canonical value in one line, for others to read."""
    write_new(path, dump(value) + b"\n", mode=0o644)


def read_json(path: Path) -> Json:
    """The canonical value of a file of one line. Raises OSError, Problem or another of FAULTS."""
    data = path.read_bytes()
    check_start(data[:8])
    return load(data.removesuffix(b"\n"))


def _write_through(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
    os.fsync(handle)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
