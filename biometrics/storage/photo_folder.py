"""The store of photos on the local disk: the folder PHOTOS_DIR."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.storage import FileSystemStorage

from biometrics.engine.whole_files import write_durably

if TYPE_CHECKING:
    from django.core.files.base import File


class PhotoFolder(FileSystemStorage):
    """Saving replaces a file as a whole: readers see the old one or the new one.

    The bytes are on the disk when `save` returns, because a row will refer to them. Raises OSError
    if the disk is full or cannot be written.
    """

    @property
    def base_location(self) -> str:
        return str(settings.PHOTOS_DIR)

    @property
    def location(self) -> str:
        return str(Path(self.base_location).resolve())

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name itself: names are random, and a photo that is sealed again keeps its name."""
        return name

    def _save(self, name: str, content: File[bytes]) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_durably(path, content.read())
        return name
