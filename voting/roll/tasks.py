"""Background tasks of the roll. Each takes an id, may run twice and may die at any point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery import shared_task
from django.db import OperationalError

from voting.models import WorkState
from voting.roll import imports

if TYPE_CHECKING:
    import datetime as dt


@shared_task(
    name="voting.tasks.preview_roll",
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    max_retries=5,
)
def preview_roll(import_id: int) -> None:
    imports.preview(import_id)


@shared_task(
    name="voting.tasks.import_roll",
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    max_retries=5,
)
def import_roll(import_id: int) -> None:
    imports.write(import_id)


def sweep_rolls(*, now: dt.datetime) -> None:
    """Forget old previews, and begin again what has lost its worker."""
    imports.forget_old(now=now)
    for stored in imports.abandoned(now=now):
        reading = stored.state in {WorkState.WAITING, WorkState.READING}
        (preview_roll if reading else import_roll).delay(stored.pk)
