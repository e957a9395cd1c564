"""Each notice is mailed by one task at a time, and again by another if that task was lost.

For every model of notices with the columns `made_at`, `mail_claimed_at` and `mailed_at`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from django.db.models import Model, Q

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.db.models import QuerySet

Notice = TypeVar("Notice", bound=Model)

# A task that claimed an e-mail longer ago than this is gone: a mail server answers sooner.
CLAIM_LIFE: Final = timedelta(minutes=5)
GIVE_UP_AFTER: Final = timedelta(days=7)


def send_once(
    notices: QuerySet[Notice], mail: Callable[[], None], *, now: datetime, **sent: object
) -> None:
    """Call `mail` for the one notice of this query set, unless another task is sending it.

    `sent` are columns that are set when it has been sent. No transaction is open while the mail
    server answers: on SQLite, a slow server would block every other writer. Raises OSError if the
    mail cannot be sent; the sweep then tries again.
    """
    if not _unclaimed(notices, now).update(mail_claimed_at=now):
        return
    try:
        mail()
    except OSError:
        notices.update(mail_claimed_at=None)
        raise
    notices.update(mailed_at=now, **sent)


def unsent(notices: QuerySet[Notice], *, now: datetime) -> QuerySet[Notice]:
    """Those whose task was lost, or whose worker died before the mail was sent."""
    return _unclaimed(notices, now).filter(made_at__range=(now - GIVE_UP_AFTER, now - CLAIM_LIFE))


def _unclaimed(notices: QuerySet[Notice], now: datetime) -> QuerySet[Notice]:
    free = Q(mail_claimed_at__isnull=True) | Q(mail_claimed_at__lt=now - CLAIM_LIFE)
    return notices.filter(free, mailed_at__isnull=True)
