"""The store of photos that several hosts share: a bucket of any S3-compatible service.

Photos are sealed before they come here (biometrics/storage/photos.py), so the service holds
nothing that it could open.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.core.files.base import File

# Somebody waits for the answer. A service that is away is noticed soon, and named.
CONNECT_SECONDS = 3
READ_SECONDS = 10
TRIES = 2


class PhotoStoreAway(OSError):
    """The service does not answer, or refuses what it is asked."""


@contextmanager
def _named() -> Iterator[None]:
    """The service's errors as an OSError, as of a disk. FileNotFoundError is passed on."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        # The error's own words may hold the address and the key's name.
        raise PhotoStoreAway(f"the store of photos failed: {type(error).__name__}") from error


class PhotoBucket(S3Storage):  # type: ignore[misc]
    """Saving replaces an object as a whole. Raises PhotoStoreAway, which is an OSError."""

    def get_default_settings(self) -> dict[str, Any]:
        return {
            **super().get_default_settings(),
            "file_overwrite": True,
            "default_acl": None,
            "client_config": Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                retries={"total_max_attempts": TRIES, "mode": "standard"},
                signature_version="s3v4",
            ),
        }

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        with _named():
            opened: File[bytes] = super()._open(name, mode)
            # Fetch it here, where an error is named, and not at the caller's first read.
            opened.seek(0)
            return opened

    def _save(self, name: str, content: File[bytes]) -> str:
        with _named():
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        with _named():
            super().delete(name)

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with _named():
            folders, files = super().listdir(name)
        return folders, files

    def get_modified_time(self, name: str) -> datetime:
        with _named():
            moment: datetime = super().get_modified_time(name)
        return moment
