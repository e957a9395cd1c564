"""The members of a back-up's archive, written and read as one stream."""

from __future__ import annotations

import io
import tarfile
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

DATABASE = "database/"
PHOTOS = "photos/"
AUDIT_HEADS = "audit-heads.txt"
CONTENTS = "contents.json"


class ArchiveBroken(ValueError):
    """The stream is no archive, or it ends too early."""


class Writer:
    """Puts members into a stream, one after the other."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._tar = tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115

    def add(self, name: str, data: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(data), 0o600
        self._tar.addfile(member, io.BytesIO(data))

    def close(self) -> None:
        self._tar.close()


def reason_of(error: OSError) -> str:
    """Why a file could not be written or read, in one line that names it."""
    return f"{error.filename or ''} {error.strerror or error}".strip()


def members(stream: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each member. Raises ArchiveBroken."""
    try:
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                file = tar.extractfile(member)
                if file is not None:
                    yield member.name, file.read()
    except tarfile.TarError as error:
        raise ArchiveBroken("the back-up is no whole archive") from error
