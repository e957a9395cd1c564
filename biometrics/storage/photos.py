"""Enrolment photos on disk: encrypted, under random names, outside everything that is served."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from django.conf import settings

from accounts.at_rest.sealing import keyring

if TYPE_CHECKING:
    from pathlib import Path

    from biometrics.models import ReferencePhoto

SUFFIX = ".photo"


class PhotoGone(FileNotFoundError):
    """The photo was deleted, or never kept."""


def photo_path(name: str) -> Path:
    folder: Path = settings.PHOTOS_DIR
    return folder / name[:2] / name


def photo_file_binding(user_id: int, photo_id: object) -> str:
    return f"photo-file|user:{user_id}|photo:{photo_id}"


def write_photo(jpeg: bytes, *, bound_to: str) -> str:
    """Store a new photo and return the random name of its file."""
    name = secrets.token_hex(16) + SUFFIX
    write_sealed(name, keyring().seal(jpeg, bound_to=bound_to))
    return name


def read_photo(photo: ReferencePhoto) -> bytes:
    """The photo's JPEG; raises PhotoGone or SealBroken."""
    binding = photo_file_binding(photo.user_id, photo.pk)
    return keyring().unseal(read_sealed(photo.file), bound_to=binding)


def read_sealed(name: str) -> bytes:
    if not name:
        raise PhotoGone("this photo was not kept")
    try:
        return photo_path(name).read_bytes()
    except FileNotFoundError:
        raise PhotoGone("the photo's file is missing") from None


def write_sealed(name: str, sealed: bytes) -> None:
    """Whole or not at all: readers see the old file or the new one."""
    path = photo_path(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def delete_photo(name: str) -> None:
    if name:
        photo_path(name).unlink(missing_ok=True)
