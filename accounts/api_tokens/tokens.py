"""Tokens for programs: made once, stored as a hash, limited in time and in what they open."""

from __future__ import annotations

import secrets
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.crypto import constant_time_compare

from accounts.at_rest.hashed_secrets import hash_of_secret
from accounts.audit import Action, record, user_subject
from accounts.models import ApiToken

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from accounts.models import User

# So that scanners for leaked secrets recognise it.
PREFIX = "facevote_"
TOKEN_BYTES = 32
MAX_LIFE = timedelta(days=365)
# The time of the last use is not stored more often: each time is a write.
USE_NOTED_EVERY = timedelta(minutes=1)


class Scope(StrEnum):
    """What a token may be used for, within what its owner may do."""

    VOTERS_READ = "voters:read"
    ROLLS_READ = "rolls:read"
    ROLLS_WRITE = "rolls:write"
    PHOTOS_READ = "photos:read"
    PHOTOS_WRITE = "photos:write"


@transaction.atomic
def make_token(
    user: User, *, label: str, scopes: Iterable[Scope], life: timedelta, now: datetime
) -> str:
    """A new token, which cannot be read again later. Raises ValueError for a life that is too long.

    The owner's role still decides: a scope opens nothing that the owner may not do.
    """
    if not timedelta(0) < life <= MAX_LIFE:
        raise ValueError("a token lives for a day to a year")
    token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    row = ApiToken.objects.create(
        user=user,
        label=label,
        digest=hash_of_secret(token),
        scopes=sorted(scopes),
        password_mark=user.get_session_auth_hash(),
        created_at=now,
        expires_at=now + life,
    )
    _record(Action.API_TOKEN_MADE, row, actor=None)
    return token


def owner_of(token: str, *, now: datetime) -> ApiToken | None:
    """The stored token with its user, or None if it is unknown, expired or revoked.

    None too if its owner was switched off or has set another password since.
    """
    row = ApiToken.objects.select_related("user").filter(digest=hash_of_secret(token)).first()
    if row is None or row.expires_at <= now or not row.user.is_active:
        return None
    if not constant_time_compare(row.password_mark, row.user.get_session_auth_hash()):
        return None
    not_noted = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
    ApiToken.objects.filter(not_noted, pk=row.pk).update(last_used_at=now)
    return row


@transaction.atomic
def revoke(tokens: Iterable[ApiToken], *, actor: User | None) -> int:
    """Delete tokens, and return how many there were."""
    rows = list(tokens)
    for row in rows:
        _record(Action.API_TOKEN_REVOKED, row, actor=actor)
        row.delete()
    return len(rows)


def _record(action: Action, row: ApiToken, *, actor: User | None) -> None:
    scopes = ",".join(row.scopes)
    record(action, actor=actor, subject=user_subject(row.user_id), token=row.pk, scopes=scopes)
