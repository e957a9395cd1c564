from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def unhashed_static_files(settings):
    """Pages are rendered without collectstatic having run."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
