"""Deletes what accounts no longer need."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings

from accounts.invitations import requests
from accounts.models import ApiToken, OneTimeCode
from accounts.notices import mailing
from accounts.proposals import deciding

if TYPE_CHECKING:
    from datetime import datetime

# An expired token is shown for a while: an operator whose program was refused finds out why.
EXPIRED_TOKENS_SHOWN = timedelta(days=30)


def purge(*, now: datetime) -> None:
    """Delete expired sessions, codes, tokens and proposals, and letters that were sent."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    OneTimeCode.objects.filter(expires_at__lte=now).delete()
    ApiToken.objects.filter(expires_at__lte=now - EXPIRED_TOKENS_SHOWN).delete()
    deciding.expire(now=now)
    mailing.forget_old(now=now)
    requests.forget_old(now=now)
