"""A roll's file between its preview and its confirmation."""

from __future__ import annotations

from import_export.tmp_storages import CacheStorage


class UploadGone(LookupError):
    """The official confirmed after the file was let go, or twice."""


class RollUpload(CacheStorage):  # type: ignore[misc]
    """In memory or in Redis, and for a quarter of an hour.

    The library's own default leaves names and dates of birth in the temporary folder for ever
    when an official does not confirm.
    """

    CACHE_LIFETIME = 15 * 60

    def read(self) -> bytes:
        data: bytes | None = super().read()
        if data is None:
            raise UploadGone
        return data
