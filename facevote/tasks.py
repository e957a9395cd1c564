"""The task by which the site sees that its worker works."""

from __future__ import annotations

import socket
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from facevote.models import WorkerSign

FORGOTTEN_AFTER = timedelta(days=1)


@shared_task
def give_sign() -> None:
    """Note that a worker of this host has come to this task, and forget hosts of yesterday."""
    now = timezone.now()
    WorkerSign.objects.update_or_create(host=socket.gethostname()[:255], defaults={"at": now})
    WorkerSign.objects.filter(at__lt=now - FORGOTTEN_AFTER).delete()
