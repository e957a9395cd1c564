"""The tasks of accounts that Celery's beat starts at fixed times."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from accounts import audit_heads
from accounts.notices import mailing
from accounts.proposals import deciding


@shared_task
def sweep_accounts() -> None:
    """Send notices again whose task was lost, end old proposals, and note the audit log's head."""
    now = timezone.now()
    for notice_id in mailing.unsent(now=now):
        mailing.mail_notice.delay(notice_id)
    deciding.expire(now=now)
    audit_heads.note_head(settings.AUDIT_HEADS_FILE, now=now)
