"""Tells people by e-mail that what lets them in has changed.

Whoever takes over an account changes its address first. The address before is the one that still
belongs to the right person, so a change of the address is told there too.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.db import OperationalError, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import AccountNotice, NoticeKind
from accounts.notices import claims

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User


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
    notices = AccountNotice.objects.filter(pk=notice_id)
    notice = notices.select_related("user").first()
    if notice is not None:
        claims.send_once(notices, partial(_mail, notice), now=now, address="")


def unsent(*, now: datetime) -> list[int]:
    """Notices whose task was lost, or whose worker died before the mail was sent."""
    return list(claims.unsent(AccountNotice.objects.all(), now=now).values_list("pk", flat=True))


def forget_old(*, now: datetime) -> None:
    """Delete notices that were sent, or given up, long ago."""
    AccountNotice.objects.filter(made_at__lt=now - claims.GIVE_UP_AFTER).delete()


def _mail(notice: AccountNotice) -> None:
    kind = NoticeKind(notice.kind)
    body = render_to_string("accounts/mail/account_changed.txt", {"notice": notice, "kind": kind})
    send_mail(str(kind.label), body, settings.DEFAULT_FROM_EMAIL, [notice.address])
