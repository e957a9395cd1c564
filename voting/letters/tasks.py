"""The background task of letters. It takes an id, may run twice and may die at any point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery import shared_task
from django.db import OperationalError

from voting.letters import making

if TYPE_CHECKING:
    import datetime as dt


@shared_task(
    name="voting.tasks.make_letters",
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    max_retries=5,
)
def make_letters(batch_id: int) -> None:
    making.make(batch_id)


def sweep_letters(*, now: dt.datetime) -> None:
    """Delete old letters, and begin again what has lost its worker."""
    making.forget_old(now=now)
    for batch_id in making.abandoned(now=now):
        make_letters.delay(batch_id)
