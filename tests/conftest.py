from __future__ import annotations

import os
import tempfile

# Before the settings are read: tests touch no data of this clone.
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="facevote-tests-")
os.environ["DEBUG"] = "on"

import pytest


@pytest.fixture(autouse=True)
def unhashed_static_files(settings):
    """Pages are rendered without collectstatic having run."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
