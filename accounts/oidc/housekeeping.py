"""Deletes what sign-in for other programs no longer needs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q

from accounts.oidc.models import AccessToken, AuthorizationRequest, Code, RefreshToken

if TYPE_CHECKING:
    from datetime import datetime


# As long as the tokens that a code gave: if it comes again, they end.
SPENT_CODES_STAY = timedelta(minutes=15)


def purge(*, now: datetime) -> None:
    """Delete expired codes, tokens and requests.

    A refresh token stays as long as it is valid after its access token, and a revoked one as long
    as it would have been: so a stolen one that comes again is noticed.
    """
    AuthorizationRequest.objects.filter(expires_at__lte=now).delete()
    Code.objects.filter(expires__lte=now - SPENT_CODES_STAY).delete()
    life = timedelta(seconds=settings.OAUTH2_PROVIDER["REFRESH_TOKEN_EXPIRE_SECONDS"])
    unused = Q(access_token__expires__lte=now - life) | Q(access_token=None)
    RefreshToken.objects.filter(unused, updated__lte=now - life).delete()
    AccessToken.objects.filter(expires__lte=now, refresh_token=None).delete()
