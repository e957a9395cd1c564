"""Keeps the file of a roll between the preview of an import and its confirmation."""

from __future__ import annotations

from import_export.tmp_storages import CacheStorage


class UploadGone(LookupError):
    """The file has expired, or the official confirmed twice."""


class RollUpload(CacheStorage):  # type: ignore[misc]
    """Keeps the file in the cache (memory or Redis) for a quarter of an hour.

    The library's default writes it to the temporary folder. If the official does not confirm, names
    and dates of birth would stay there for ever.
    """

    CACHE_LIFETIME = 15 * 60

    def read(self) -> bytes:
        """Raises UploadGone."""
        data: bytes | None = super().read()
        if data is None:
            raise UploadGone
        return data
