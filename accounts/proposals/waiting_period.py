"""An official to whom another one has just given rights or credentials approves nothing yet.

Otherwise a superuser alone could make a second official, or reset the password of one, and be both.
The other officials are told at once, and have time to ask. The command line is trusted: an official
who was made there approves at once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q

from accounts.models import NoticeKind, User
from accounts.notices import mailing

if TYPE_CHECKING:
    from datetime import datetime

WAIT = timedelta(days=2)


def begin(official: User, *, actor: User | None, now: datetime) -> None:
    """Call in the transaction in which `actor` gives rights or credentials to this official."""
    if actor is None or actor.pk == official.pk or not settings.SECOND_OFFICIAL:
        return
    if not official.is_staff and not official.is_superuser:
        return
    User.objects.filter(pk=official.pk).update(may_approve_from=now + WAIT)
    official.may_approve_from = now + WAIT
    for other in _others(official):
        mailing.tell(official, NoticeKind.OFFICIAL_CHANGED, address=other.email, now=now)


def waiting(*, now: datetime) -> list[User]:
    """The officials who approve nothing yet."""
    return list(User.objects.filter(may_approve_from__gt=now, is_active=True).order_by("username"))


def _others(official: User) -> list[User]:
    officials = User.objects.filter(Q(is_staff=True) | Q(is_superuser=True), is_active=True)
    return list(officials.exclude(pk=official.pk).exclude(email="").order_by("pk"))
