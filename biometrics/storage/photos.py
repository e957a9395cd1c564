"""Enrolment photos, encrypted, under random names, in a store that is never served.

The store is the one named "photos" in the setting STORAGES: a folder of this host (PhotoFolder), or
a bucket that all hosts share (PhotoBucket). Bytes are sealed before they go there.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from accounts.at_rest.sealing import keyring

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.core.files.storage import Storage

    from biometrics.models import ReferencePhoto

SUFFIX = ".photo"


class PhotoGone(FileNotFoundError):
    """The file of a photo was deleted, or it was never kept."""


def store() -> Storage:
    """Return the store of this site's photos."""
    return storages["photos"]


def stored_as(name: str) -> str:
    """Return where the store keeps a photo, by the photo's random name."""
    return f"{name[:2]}/{name}"


def photo_file_binding(user_id: int, photo_id: object) -> str:
    """Return what a photo's file is sealed to: it can be opened as this photo only."""
    return f"photo-file|user:{user_id}|photo:{photo_id}"


def write_photo(photo: ReferencePhoto, jpeg: bytes) -> None:
    """Store the picture of a new row, which is not saved yet. Whoever does not save it deletes the
    file.

    Raises OSError if the store is full, away or cannot be written.
    """
    photo.content_sha256 = hashlib.sha256(jpeg).hexdigest()
    name = secrets.token_hex(16) + SUFFIX
    binding = photo_file_binding(photo.user_id, photo.pk)
    write_sealed(name, keyring().seal(jpeg, bound_to=binding))
    photo.file = name


def read_photo(photo: ReferencePhoto) -> bytes:
    """Return the photo's JPEG.

    Raises PhotoGone if there is no file, and SealBroken if it was altered or is another photo's.
    """
    binding = photo_file_binding(photo.user_id, photo.pk)
    return keyring().unseal(read_sealed(photo.file), bound_to=binding)


def read_sealed(name: str) -> bytes:
    """Return the encrypted bytes of a photo's file. Raises PhotoGone if there is no file."""
    if not name:
        raise PhotoGone("this photo was not kept")
    try:
        with store().open(stored_as(name)) as file:
            return bytes(file.read())
    except FileNotFoundError:
        raise PhotoGone("the photo's file is missing") from None


def write_sealed(name: str, sealed: bytes) -> None:
    """Write the encrypted bytes of a photo's file; readers see the old file or the new one.

    Raises OSError if the store is full, away or cannot be written.
    """
    store().save(stored_as(name), ContentFile(sealed))


def delete_photo(name: str) -> None:
    """Delete the file of a photo. Nothing happens if there is none.

    Raises OSError if the store is away; the hourly purge then finds the file.
    """
    if name:
        store().delete(stored_as(name))


def stored_names() -> Iterator[str]:
    """Yield the name of every photo in the store, in no order."""
    try:
        folders, _files = store().listdir("")
    except FileNotFoundError:  # no photo was ever stored
        return
    for folder in folders:
        _folders, files = store().listdir(folder)
        yield from (name for name in files if name.endswith(SUFFIX))


def stored_at(name: str) -> datetime:
    """Return when a photo was stored. Raises PhotoGone if it is not there any more."""
    try:
        return store().get_modified_time(stored_as(name))
    except FileNotFoundError:
        raise PhotoGone("the photo's file is missing") from None
