"""The file of a photo where the store is a folder, for tests that damage or look at it."""

from __future__ import annotations

from pathlib import Path

from biometrics.storage.photos import store, stored_as


def photo_path(name: str) -> Path:
    return Path(store().path(stored_as(name)))
