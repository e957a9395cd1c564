"""Tells people by e-mail that somebody changed what lets them in, at the address they had before.

Whoever takes over an account changes its address first. The address before is the one that still
belongs to the right person.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.db import OperationalError, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import AccountNotice, NoticeKind

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.models import User

# A task that claimed an e-mail longer ago than this is gone: a mail server answers sooner.
CLAIM_LIFE = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(days=7)


def tell(user: User, kind: NoticeKind, *, address: str, now: datetime) -> None:
    """Send a notice after the caller's transaction, if the person has an address."""
    if not address:
        return
    notice = AccountNotice.objects.create(user=user, kind=kind, address=address, made_at=now)
    transaction.on_commit(partial(mail_notice.delay, notice.pk), robust=True)


@shared_task(
    name="accounts.tasks.mail_notice",
    autoretry_for=(OSError, OperationalError),
    retry_backoff=True,
    max_retries=5,
)
def mail_notice(notice_id: int) -> None:
    send(notice_id, now=timezone.now())


def send(notice_id: int, *, now: datetime) -> None:
    """Send one notice, unless another task is sending it, and forget the address.

    Raises OSError if the mail cannot be sent; the sweep then tries again.
    """
    notice = AccountNotice.objects.select_related("user").filter(pk=notice_id).first()
    if notice is None or not _unclaimed(now).filter(pk=notice_id).update(mail_claimed_at=now):
        return
    try:
        _mail(notice)
    except OSError:
        AccountNotice.objects.filter(pk=notice_id).update(mail_claimed_at=None)
        raise
    AccountNotice.objects.filter(pk=notice_id).update(mailed_at=now, address="")


def unsent(*, now: datetime) -> list[int]:
    """Notices whose task was lost, or whose worker died before the mail was sent."""
    due = _unclaimed(now).filter(made_at__range=(now - GIVE_UP_AFTER, now - CLAIM_LIFE))
    return list(due.values_list("pk", flat=True))


def forget_old(*, now: datetime) -> None:
    """Delete notices that were sent, or given up, long ago."""
    AccountNotice.objects.filter(made_at__lt=now - GIVE_UP_AFTER).delete()


def _unclaimed(now: datetime) -> QuerySet[AccountNotice]:
    free = Q(mail_claimed_at__isnull=True) | Q(mail_claimed_at__lt=now - CLAIM_LIFE)
    return AccountNotice.objects.filter(free, mailed_at__isnull=True)


def _mail(notice: AccountNotice) -> None:
    kind = NoticeKind(notice.kind)
    body = render_to_string("accounts/mail/account_changed.txt", {"notice": notice, "kind": kind})
    send_mail(str(kind.label), body, settings.DEFAULT_FROM_EMAIL, [notice.address])
