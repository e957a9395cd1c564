"""The voters' scripts as this server hands them out, each with the hash of its bytes."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, staticfiles_storage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Where every script lies that the ballot, its face step, the receipt or the check of a receipt can
# import.
PATHS = ("js/capture/", "js/crypto/", "js/dom.js", "js/http.js", "js/voting/", "vendor/")


class NotCollected(Exception):
    """There is nothing to serve: `collectstatic` has not run, or not since a file went."""


@dataclass(frozen=True, slots=True)
class ServedScript:
    """`path` is what a browser asks for; `sha256` are 64 hexadecimal digits."""

    path: str
    sha256: str

    @property
    def integrity(self) -> str:
        """The same hash as browsers write it (Subresource Integrity)."""
        return "sha256-" + base64.b64encode(bytes.fromhex(self.sha256)).decode()

    @property
    def line(self) -> str:
        return f"{self.sha256}  {self.integrity}  {self.path}"


def served_scripts() -> list[ServedScript]:
    """Sorted by path. Raises NotCollected."""
    storage = staticfiles_storage
    hashed = isinstance(storage, ManifestStaticFilesStorage) and not settings.DEBUG
    files = _collected(storage) if hashed else _in_the_sources()
    found = {path: hashlib.sha256(data).hexdigest() for path, data in files}
    if not found:
        raise NotCollected("no scripts are collected")
    return [ServedScript(path, found[path]) for path in sorted(found)]


def list_sha256(scripts: Iterable[ServedScript]) -> str:
    """SHA-256 of the scripts' lines, each with its line feed."""
    return hashlib.sha256("".join(f"{script.line}\n" for script in scripts).encode()).hexdigest()


def _is_voters_script(name: str) -> bool:
    return name.startswith(PATHS) and name.endswith(".js")


def _collected(storage: Any) -> Iterator[tuple[str, bytes]]:
    """Paths with hashed names and what lies under them, imports rewritten."""
    for name in filter(_is_voters_script, storage.hashed_files):
        try:
            with storage.open(storage.stored_name(name)) as file:
                yield storage.url(name), file.read()
        except FileNotFoundError as error:
            raise NotCollected(f"{error.filename} is missing") from error


def _in_the_sources() -> Iterator[tuple[str, bytes]]:
    """A site under DEBUG serves its source files under their own names."""
    for finder in get_finders():
        for bare, storage in finder.list([]):
            name = f"{prefix}/{bare}" if (prefix := getattr(storage, "prefix", "")) else bare
            if _is_voters_script(name):
                with storage.open(bare) as file:
                    yield staticfiles_storage.url(name), file.read()
