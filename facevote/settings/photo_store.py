"""Where photos are kept, by the settings PHOTOS_STORE…: a folder of this host, or a bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from facevote.environment import Environment


def storage_of_photos(env: Environment) -> dict[str, Any]:
    """The entry "photos" of Django's setting STORAGES."""
    address = env.address("PHOTOS_STORE", ("s3",))
    if not address:
        return {"BACKEND": "biometrics.storage.photo_folder.PhotoFolder"}
    parts = urlsplit(address)
    if not parts.hostname:
        raise ImproperlyConfigured("PHOTOS_STORE names no bucket: s3://bucket/folder")
    return {
        "BACKEND": "biometrics.storage.photo_bucket.PhotoBucket",
        "OPTIONS": {
            "bucket_name": parts.hostname,
            "location": parts.path.strip("/"),
            # Empty: Amazon's own, and the names by which its programs find keys everywhere.
            "endpoint_url": env.text("PHOTOS_STORE_ENDPOINT") or None,
            "region_name": env.text("PHOTOS_STORE_REGION") or None,
            "access_key": env.text("PHOTOS_STORE_KEY") or None,
            "secret_key": env.text("PHOTOS_STORE_SECRET") or None,
        },
    }
