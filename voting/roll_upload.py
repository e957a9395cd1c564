"""A roll's file between its preview and its confirmation."""

from __future__ import annotations

from import_export.tmp_storages import CacheStorage


class RollUpload(CacheStorage):  # type: ignore[misc]
    """In memory or in Redis, and for a quarter of an hour.

    The library's own default leaves names and dates of birth in the temporary folder for ever
    when an official does not confirm.
    """

    CACHE_LIFETIME = 15 * 60
