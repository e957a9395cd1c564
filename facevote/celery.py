"""The Celery application. It reads its settings from Django's, by the prefix CELERY_."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facevote.settings")

app = Celery("facevote")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
