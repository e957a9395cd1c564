"""The tasks of accounts that Celery's beat starts at fixed times."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from accounts.notices import mailing
from accounts.proposals import deciding


@shared_task
def sweep_accounts() -> None:
    """Send notices again whose task was lost, and end proposals that nobody approved."""
    now = timezone.now()
    for notice_id in mailing.unsent(now=now):
        mailing.mail_notice.delay(notice_id)
    deciding.expire(now=now)
