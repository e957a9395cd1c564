"""The scripts of the voters' pages as this server sends them, each with the hash of its bytes."""

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

# Where every script lies that can be imported by the pages of the ballot (with its face step), of
# the receipt and of the check of a receipt.
PATHS = (
    "js/capture/",
    "js/crypto/",
    "js/dom.js",
    "js/http.js",
    "js/letter-code.js",
    "js/voting/",
    "vendor/",
)


class NotCollected(Exception):
    """There are no collected scripts, or one is missing: `collectstatic` has to run again."""


@dataclass(frozen=True, slots=True)
class ServedScript:
    """`path` is the path that a browser requests. `sha256` has 64 hexadecimal digits."""

    path: str
    sha256: str

    @property
    def integrity(self) -> str:
        """The same hash in the form of Subresource Integrity."""
        return "sha256-" + base64.b64encode(bytes.fromhex(self.sha256)).decode()

    @property
    def line(self) -> str:
        return f"{self.sha256}  {self.integrity}  {self.path}"


def served_scripts() -> list[ServedScript]:
    """All scripts, sorted by path. Raises NotCollected."""
    storage = staticfiles_storage
    hashed = isinstance(storage, ManifestStaticFilesStorage) and not settings.DEBUG
    files = _collected(storage) if hashed else _in_the_sources()
    hashes = {path: hashlib.sha256(data).hexdigest() for path, data in files}
    if not hashes:
        raise NotCollected("no scripts are collected")
    return [ServedScript(path, hashes[path]) for path in sorted(hashes)]


def list_sha256(scripts: Iterable[ServedScript]) -> str:
    """SHA-256 over the lines of all scripts, each with its line feed."""
    return hashlib.sha256("".join(f"{script.line}\n" for script in scripts).encode()).hexdigest()


def _is_voters_script(name: str) -> bool:
    return name.startswith(PATHS) and name.endswith(".js")


def _collected(storage: Any) -> Iterator[tuple[str, bytes]]:
    """The collected files: their names contain hashes, and their imports are rewritten."""
    for name in filter(_is_voters_script, storage.hashed_files):
        try:
            with storage.open(storage.stored_name(name)) as file:
                yield storage.url(name), file.read()
        except FileNotFoundError as error:
            raise NotCollected(f"{error.filename} is missing") from error


def _in_the_sources() -> Iterator[tuple[str, bytes]]:
    """The source files, which a site with DEBUG on serves under their own names."""
    for finder in get_finders():
        for file_name, storage in finder.list([]):
            prefix = getattr(storage, "prefix", "")
            name = f"{prefix}/{file_name}" if prefix else file_name
            if _is_voters_script(name):
                with storage.open(file_name) as file:
                    yield staticfiles_storage.url(name), file.read()
