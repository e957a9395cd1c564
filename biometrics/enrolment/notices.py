"""Tells voters when photos of a face were enrolled for them: on the site, and by e-mail."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.db import OperationalError, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.notices import claims
from biometrics.models import EnrolmentNotice, ReferencePhoto

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.models import User


def notify_voter(user_id: int, photos: Iterable[ReferencePhoto], *, now: datetime) -> None:
    """Make a notice of the photos that the voter was not told of before.

    It is called in the transaction that makes the reference, so that no face can be used without
    its owner being told. Photos that are only encoded again make no notice.
    """
    keys = [photo.pk for photo in photos]
    new = ReferencePhoto.objects.filter(pk__in=keys, told_at__isnull=True).update(told_at=now)
    if not new:
        return
    notice = EnrolmentNotice.objects.create(user_id=user_id, photos=new, made_at=now)
    transaction.on_commit(partial(mail_notice.delay, notice.pk), robust=True)


def unread_notices(user: User) -> QuerySet[EnrolmentNotice]:
    """Return the notices that the voter has not confirmed yet, the oldest first."""
    return EnrolmentNotice.objects.filter(user=user, read_at__isnull=True).order_by("made_at")


def mark_read(user: User, *, now: datetime) -> None:
    """Note that the voter has read all notices."""
    unread_notices(user).update(read_at=now)


def unsent_notices(*, now: datetime) -> list[int]:
    """Return the notices whose task was lost, or whose worker died before the mail was sent."""
    due = claims.unsent(EnrolmentNotice.objects.exclude(user__email=""), now=now)
    return list(due.values_list("pk", flat=True))


@shared_task(
    name="biometrics.tasks.mail_notice",
    autoretry_for=(OSError, OperationalError),
    retry_backoff=True,
    max_retries=5,
)
def mail_notice(notice_id: int) -> None:
    send(notice_id, now=timezone.now())


def send(notice_id: int, *, now: datetime) -> None:
    """Send the e-mail of a notice, if the voter has an address and no other task is sending it.

    Raises OSError if the mail cannot be sent; the sweep then tries again.
    """
    notices = EnrolmentNotice.objects.filter(pk=notice_id)
    notice = notices.select_related("user").first()
    if notice is not None and notice.user.email:
        claims.send_once(notices, partial(_mail, notice), now=now)


def _mail(notice: EnrolmentNotice) -> None:
    body = render_to_string("biometrics/mail/enrolled.txt", {"notice": notice})
    subject = _("A photo of your face was enrolled for voting")
    send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [notice.user.email])
