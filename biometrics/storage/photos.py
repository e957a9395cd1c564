"""Enrolment photos on disk: encrypted, under random names, in a folder that is never served."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings

from accounts.at_rest.sealing import keyring
from biometrics.engine.whole_files import write_durably

if TYPE_CHECKING:
    from pathlib import Path

    from biometrics.models import ReferencePhoto

SUFFIX = ".photo"


class PhotoGone(FileNotFoundError):
    """The file of a photo was deleted, or it was never kept."""


def photo_path(name: str) -> Path:
    """Return the path of a photo's file by its random name."""
    folder: Path = settings.PHOTOS_DIR
    return folder / name[:2] / name


def photo_file_binding(user_id: int, photo_id: object) -> str:
    """Return what a photo's file is sealed to: it can be opened as this photo only."""
    return f"photo-file|user:{user_id}|photo:{photo_id}"


def write_photo(jpeg: bytes, *, bound_to: str) -> str:
    """Store a new photo and return the random name of its file.

    Raises OSError if the disk is full or cannot be written.
    """
    name = secrets.token_hex(16) + SUFFIX
    write_sealed(name, keyring().seal(jpeg, bound_to=bound_to))
    return name


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
        return photo_path(name).read_bytes()
    except FileNotFoundError:
        raise PhotoGone("the photo's file is missing") from None


def write_sealed(name: str, sealed: bytes) -> None:
    """Write the encrypted bytes of a photo's file; readers see the old file or the new one.

    Raises OSError if the disk is full or cannot be written.
    """
    path = photo_path(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_durably(path, sealed)


def delete_photo(name: str) -> None:
    """Delete the file of a photo. Nothing happens if there is none."""
    if name:
        photo_path(name).unlink(missing_ok=True)
