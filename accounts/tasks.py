"""The tasks of accounts that Celery's beat starts at fixed times."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from accounts import audit_heads, housekeeping
from accounts.invitations import requests
from accounts.notices import mailing
from accounts.oidc import housekeeping as oidc_housekeeping


@shared_task
def sweep_accounts() -> None:
    """Send notices and links again whose task was lost, and note the audit log's head."""
    now = timezone.now()
    for notice_id in mailing.unsent(now=now):
        mailing.mail_notice.delay(notice_id)
    for request_id in requests.unsent(now=now):
        requests.mail_links.delay(request_id)
    audit_heads.note_head(settings.AUDIT_HEADS_FILE, now=now)


@shared_task
def purge_accounts() -> None:
    """Delete what is expired."""
    now = timezone.now()
    housekeeping.purge(now=now)
    oidc_housekeeping.purge(now=now)
