"""Links that work once, for one purpose, for a time, and as long as the account stays as it was."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.at_rest.hashed_secrets import hash_of_secret
from accounts.models import LinkPurpose, OneTimeLink, User
from accounts.proposals.protected import needs_second_official

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

# 128 bits. Nobody guesses them, so a fast hash without a salt is enough to store.
SECRET_BYTES: Final = 16


class LinkRefusalCode(StrEnum):
    UNKNOWN = "unknown"
    USED = "used"
    OLD = "old"
    # The password, the address or the rights of the account have changed since.
    CHANGED = "changed"


class LinkRefused(Exception):
    """The link does not work; `code` says why."""

    def __init__(self, code: LinkRefusalCode) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link before it is stored. `secret` is kept nowhere else."""

    row: OneTimeLink
    secret: str

    @property
    def path(self) -> str:
        return link_path(LinkPurpose(self.row.purpose), self.secret)


def life_of(purpose: LinkPurpose) -> timedelta:
    return settings.LINK_LIVES[purpose]


def prepare(user: User, purpose: LinkPurpose, *, now: datetime, new_address: str = "") -> NewLink:
    """A new link, not yet stored: whoever sends thousands stores many rows at once."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    row = OneTimeLink(
        user=user,
        purpose=purpose,
        digest=hash_of_secret(secret),
        account_state=_state_of(user, purpose),
        new_address=new_address,
        made_at=now,
        expires_at=now + life_of(purpose),
    )
    return NewLink(row, secret)


def make(user: User, purpose: LinkPurpose, *, now: datetime, new_address: str = "") -> str:
    """The path of a new link. Only the hash of its secret is stored."""
    new = prepare(user, purpose, now=now, new_address=new_address)
    new.row.save(force_insert=True)
    return new.path


def link_path(purpose: LinkPurpose, secret: str) -> str:
    page = "accounts:confirm-address" if purpose == LinkPurpose.ADDRESS else "accounts:set-password"
    return reverse(page, args=[secret])


def find(secret: str, purposes: Iterable[LinkPurpose], *, now: datetime) -> OneTimeLink:
    """The link with this secret, if it works today. Raises LinkRefused."""
    rows = OneTimeLink.objects.select_related("user")
    link = rows.filter(digest=hash_of_secret(secret), purpose__in=list(purposes)).first()
    if link is None:
        raise LinkRefused(LinkRefusalCode.UNKNOWN)
    if link.used_at is not None:
        raise LinkRefused(LinkRefusalCode.USED)
    if link.expires_at <= now:
        raise LinkRefused(LinkRefusalCode.OLD)
    if not link.user.is_active or not _fits(link, link.user):
        raise LinkRefused(LinkRefusalCode.CHANGED)
    return link


def note_opened(link: OneTimeLink, *, now: datetime) -> None:
    """The first time that somebody, or a program that reads the mail, looked at the page."""
    OneTimeLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=now)


@transaction.atomic
def spend(link: OneTimeLink, *, now: datetime) -> User:
    """Use the link up and return its user, locked. Raises LinkRefused if it stopped working.

    The caller makes the change in the same transaction. If two browsers use one link at the same
    moment, one of them is refused.
    """
    user = User.objects.select_for_update().get(pk=link.user_id)
    if not user.is_active or not _fits(link, user):
        raise LinkRefused(LinkRefusalCode.CHANGED)
    unused = OneTimeLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=now)
    if not unused.update(used_at=now):
        raise LinkRefused(LinkRefusalCode.USED)
    return user


def _fits(link: OneTimeLink, user: User) -> bool:
    return link.account_state == _state_of(user, LinkPurpose(link.purpose))


def _state_of(user: User, purpose: LinkPurpose) -> str:
    """A hash of what may not change between the making of a link and its use.

    A link that an official can read also ends when the roll is fixed on which the person stands:
    from then on such a link takes two officials. A link that goes to the account's own address by
    e-mail does not: no official sees it, and everybody gets one by asking for a new password.
    """
    rights = (user.is_active, user.is_staff, user.is_superuser)
    by_two = purpose == LinkPurpose.OFFICE and needs_second_official(user)
    parts = (user.pk, user.password, user.email, user.last_login, rights, by_two)
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()
