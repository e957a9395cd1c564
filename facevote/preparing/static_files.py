"""The static files of this version, collected into STATIC_ROOT under hashed names."""

from __future__ import annotations

import filecmp
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command

from facevote.serving import vendor
from facevote.serving.steps import BASE

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST = "staticfiles.json"


def lay_out_libraries() -> int:
    """Write the browser's libraries; their number. Raises VendorError and OSError."""
    return len(vendor.lay_out(BASE / "node_modules", settings.VENDOR_DIR))


def collect() -> int:
    """Copy what is new or changed; the number of files of this version.

    What earlier versions left stays: pages that are open still ask for it.
    """
    call_command("collectstatic", interactive=False, verbosity=0)
    return len(list(_sources()))


def problem() -> str:
    """Why pages could not be served with these static files; empty if they are in order."""
    if missing := [place for place in vendor.PLACES.values() if not _library(place).is_file()]:
        return f"the browser's libraries are not laid out ({missing[0]})"
    root = Path(settings.STATIC_ROOT)
    if not (root / MANIFEST).is_file():
        return f"static files were not collected into {root}"
    for name, source in _sources():
        collected = root / name
        if not collected.is_file() or not filecmp.cmp(source, collected, shallow=False):
            return f"static files in {root} are of another version ({name})"
    return ""


def _library(place: str) -> Path:
    return Path(settings.VENDOR_DIR) / place


def _sources() -> Iterator[tuple[str, Path]]:
    """The name under STATIC_ROOT and the path of each file; of two with one name, the first."""
    seen = set()
    for finder in finders.get_finders():
        for path, storage in finder.list(["CVS", ".*", "*~"]):
            prefix = getattr(storage, "prefix", None)
            name = f"{prefix}/{path}" if prefix else path
            if name not in seen:
                seen.add(name)
                yield name, Path(storage.path(path))
