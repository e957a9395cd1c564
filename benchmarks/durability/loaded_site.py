"""Loads the whole site when it is imported: for a fork server whose forks must start at once.

It opens no connection, so that each fork has its own.
"""

from __future__ import annotations

import importlib

import django

django.setup()
for _module in ("facevote.asgi", "facevote.celery", "voting.tasks", "biometrics.tasks"):
    importlib.import_module(_module)
